package stacks

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/golden"
	"slipway/internal/pulumitest"
)

// networkFile and joinedFile are stacks that belong together.
const (
	networkFile = "../examples/shared-network.yaml"
	joinedFile  = "../examples/shared-network-cluster.yaml"
	networkName = "organization/slipway/shared-network"
	// prodNetworkFile is the network of the shipped stack prod.
	prodNetworkFile = "../Pulumi.prod-network.yaml"
)

func fromFile(t *testing.T, path string) map[string]string {
	t.Helper()
	settings := map[string]string{}
	for key, value := range readStackFile(t, path) {
		settings[key] = encode(t, value)
	}
	return settings
}

// networkOutputs are the outputs of a network's stack, as its last update left them.
func networkOutputs(t *testing.T, stack, file string) map[string]any {
	t.Helper()
	return mustRun(t, stack, fromFile(t, file)).Outputs.Mappable()
}

func sharedNetwork(t *testing.T) map[string]any {
	return networkOutputs(t, "shared-network", networkFile)
}

func TestNetworkStack(t *testing.T) {
	settings := fromFile(t, networkFile)
	recorded := mustRun(t, "shared-network", settings)
	golden.Assert(t, "network.txt", recorded.Graph())
	recorded.AssertParented(t)
	recorded.AssertNames(t, "shared")
	recorded.AssertOutputsRegistered(t)
	if got := slices.Collect(maps.Keys(recorded.Outputs)); len(got) != 1 {
		t.Errorf("the outputs are %v", got)
	}
	if diff := cmp.Diff(urns(recorded), urns(mustRun(t, "shared-network", settings, pulumitest.Preview()))); diff != "" {
		t.Errorf("preview differs from what up registers (-up +preview):\n%s", diff)
	}
}

// The cluster has nothing of its own of what it shares, on any preview.
func TestClusterJoinsNetwork(t *testing.T) {
	outputs := sharedNetwork(t)
	settings := fromFile(t, joinedFile)
	recorded := mustRun(t, "blue", settings)
	if diff := cmp.Diff([]string{networkName}, recorded.References); diff != "" {
		t.Errorf("references (-want +got):\n%s", diff)
	}
	network := outputs["network"].(map[string]any)
	for _, port := range recorded.ByType("openstack:networking/port:Port") {
		if got := text(t, port, "networkId"); got != network["networkId"] {
			t.Errorf("port %s is in network %s", port.Name, got)
		}
	}
	for _, typ := range []string{"networking/network:Network", "networking/subnet:Subnet", "networking/router:Router", "networking/routerInterface:RouterInterface"} {
		if made := recorded.ByType("openstack:" + typ); len(made) > 0 {
			t.Errorf("makes %s %s", typ, made[0].Name)
		}
	}
	if diff := cmp.Diff(urns(recorded), urns(mustRun(t, "blue", settings, pulumitest.Preview()))); diff != "" {
		t.Errorf("preview differs from what up registers (-up +preview):\n%s", diff)
	}
}

// What is wrong with the other stack is told with its name and what to run.
func TestJoinRefuses(t *testing.T) {
	changed := func(change func(network map[string]any)) []pulumitest.Option {
		outputs := sharedNetwork(t)
		change(outputs["network"].(map[string]any))
		return []pulumitest.Option{pulumitest.OtherStack(networkName, outputs)}
	}
	const at = `slipway:network.stack: Invalid value: "shared-network": the stack ` + networkName
	const todo = ": deploy it as one of kind network with this release (pulumi up --stack " + networkName + ")"
	tests := map[string]struct {
		cloud []pulumitest.Option
		want  []string
	}{
		"no stack":   {[]pulumitest.Option{pulumitest.NoStack(networkName)}, []string{at + " does not exist (pulumi stack ls --all): pulumi stack init " + networkName + " makes it"}},
		"not up yet": {[]pulumitest.Option{pulumitest.OtherStack(networkName, nil)}, []string{at + ` has no output "network"` + todo}},
		"version": {changed(func(n map[string]any) { n["version"] = 2 }),
			[]string{at + ` has an output "network" of version 2, but this program reads version 1` + todo}},
		"parts": {changed(func(n map[string]any) { delete(n, "routerId"); delete(n, "cidr") }),
			[]string{at + ` has an output "network" without routerId` + todo, at + ` has an output "network" without cidr` + todo}},
		"too small": {changed(func(n map[string]any) { n["cidr"] = "10.9.0.0/28" }), []string{
			`slipway:endpoint.keepalived.address: Invalid value: "10.0.0.20": is not in slipway:network.cidr 10.9.0.0/28`,
		}},
		"pods' range": {changed(func(n map[string]any) { n["cidr"] = "10.0.0.0/16"; n["mtu"] = 1300 }), []string{
			`slipway:network.stack: Invalid value: "shared-network": mtu 1300 of the shared network must be at least 1330 where flannel carries pods in vxlan, which takes 50 bytes of each packet`,
		}},
		"another way out": {changed(func(n map[string]any) { n["externalNetwork"] = "provider" }), []string{
			`slipway:openstack.externalNetwork: Invalid value: "public": is not where the router of slipway:network.stack shared-network leads to: that is provider`,
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := refuse(t, fromFile(t, joinedFile), tt.cloud...)
			for _, line := range tt.want {
				if !strings.Contains(got, "\n  "+line) {
					t.Errorf("refused with\n%s\nwhich lacks\n%s", got, line)
				}
			}
			if n := strings.Count(got, "\n"); n != len(tt.want) {
				t.Errorf("refused with\n%s\nwant %d problems", got, len(tt.want))
			}
		})
	}
}

// A stack of another kind may have secrets among its outputs.
func TestJoinRefusesAClustersStack(t *testing.T) {
	secret := map[string]any{"kubeconfig": resource.MakeSecret(resource.NewProperty("clusters: []"))}
	got := refuse(t, fromFile(t, joinedFile), pulumitest.OtherStack(networkName, secret))
	if !strings.Contains(got, "the stack "+networkName+` has no output "network": deploy it`) || strings.Contains(got, "clusters: []") {
		t.Errorf("refused with %s", got)
	}
}

// A network says who is in it before any part of it goes.
func TestNetworkInUseIsKept(t *testing.T) {
	tags := map[string][]any{"p1": {"slipway-cluster=green"}, "p2": {"slipway-cluster=blue"}, "p3": nil, "p4": {"slipway-cluster=blue"}}
	cloud := []pulumitest.Option{
		pulumitest.Invoke("openstack:networking/getPortIds:getPortIds", func(args resource.PropertyMap) (resource.PropertyMap, error) {
			if got := args["networkId"].StringValue(); got != "network-shared-network" {
				t.Errorf("asks for the ports of %s", got)
			}
			return resource.NewPropertyMapFromMap(map[string]any{"id": "ports", "ids": []any{"p1", "p2", "p3", "p4"}}), nil
		}),
		pulumitest.Invoke("openstack:networking/getPort:getPort", func(args resource.PropertyMap) (resource.PropertyMap, error) {
			id := args["portId"].StringValue()
			return resource.NewPropertyMapFromMap(map[string]any{"id": id, "allTags": tags[id]}), nil
		}),
	}
	var users []string
	pulumitest.Run(t, func(ctx *pulumi.Context) (err error) {
		users, err = clustersIn(ctx, "shared")
		return err
	}, cloud...)
	if diff := cmp.Diff([]string{"blue", "green"}, users); diff != "" {
		t.Errorf("clusters (-want +got):\n%s", diff)
	}
	want := "network shared is in use by blue, green: destroy what joins it first"
	if err := keepUsed("shared", users)(nil); err == nil || err.Error() != want {
		t.Errorf("a network in use gives %v, want %s", err, want)
	}
	if err := keepUsed("shared", nil)(nil); err != nil {
		t.Errorf("an empty network gives %v", err)
	}
}

// One that was never made has no users, and a cloud that fails says so.
func TestUsersOfNoNetwork(t *testing.T) {
	for answer, want := range map[string]string{"Your query returned no results": "", "got 500 instead": "asking OpenStack for network shared-network: "} {
		fails := func(resource.PropertyMap) (resource.PropertyMap, error) { return nil, errors.New(answer) }
		_, err := pulumitest.RunErr(t, func(ctx *pulumi.Context) error {
			_, err := clustersIn(ctx, "shared")
			return err
		}, pulumitest.Invoke(networkToken, fails))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("with %q: %v", answer, err)
		}
	}
}
