package stacks

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/networking"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// clusterMark is how the tag of everything that belongs to a cluster begins.
const clusterMark = "slipway-cluster="

// networkMark is the tag of everything that belongs to a network of its own.
func networkMark(name string) string { return "slipway-network=" + name }

// clustersIn names the clusters that have ports in the network of a stack, if
// there is one yet.
func clustersIn(ctx *pulumi.Context, name string) ([]string, error) {
	full := name + "-network"
	found, err := networking.LookupNetwork(ctx, &networking.LookupNetworkArgs{Name: &full, Tags: []string{networkMark(name)}})
	switch {
	case err != nil && notFound.MatchString(err.Error()):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("asking OpenStack for network %s: %w", full, err)
	}
	ports, err := networking.GetPortIds(ctx, &networking.GetPortIdsArgs{NetworkId: &found.Id})
	if err != nil {
		return nil, fmt.Errorf("asking OpenStack for the ports in network %s: %w", full, err)
	}
	var (
		mu       sync.Mutex
		wg       sync.WaitGroup
		clusters []string
		failed   error
	)
	for _, id := range ports.Ids {
		wg.Go(func() {
			port, err := networking.LookupPort(ctx, &networking.LookupPortArgs{PortId: &id})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil && notFound.MatchString(err.Error()): // it went meanwhile
			case err != nil:
				failed = errors.Join(failed, fmt.Errorf("asking OpenStack for port %s: %w", id, err))
			default:
				clusters = append(clusters, clustersOf(port.AllTags)...)
			}
		})
	}
	wg.Wait()
	slices.Sort(clusters)
	return slices.Compact(clusters), failed
}

// clustersOf names whose something with these tags is.
func clustersOf(tags []string) []string {
	var clusters []string
	for _, tag := range tags {
		if name, marked := strings.CutPrefix(tag, clusterMark); marked {
			clusters = append(clusters, name)
		}
	}
	return clusters
}

// keepUsed refuses to delete a network that clusters are in. It is asked when the
// first part of it is to go, so that nothing of it is gone then.
func keepUsed(name string, clusters []string) pulumi.ResourceHookFunction {
	return func(*pulumi.ResourceHookArgs) error {
		if len(clusters) == 0 {
			return nil
		}
		return fmt.Errorf("network %s is in use by %s: destroy what joins it first", name, strings.Join(clusters, ", "))
	}
}
