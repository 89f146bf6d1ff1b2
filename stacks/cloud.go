package stacks

import (
	"fmt"
	"regexp"
	"sync"

	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/blockstorage"
	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/compute"
	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/dns"
	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/identity"
	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/images"
	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/networking"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/cloudlogin"
	"slipway/internal/config"
	"slipway/internal/machine"
)

// cloud is what the configuration's names mean in the cloud, read at preview.
type cloud struct {
	facts   config.CloudFacts
	flavors map[string]machine.Flavor
	images  map[string]string // name to id
	network string            // id of the external network
	region  string            // if the catalogue of services was asked for
}

// notFound is how the provider says that a query has no match, or that there is
// no such service; any other error is the cloud's, and no statement about the
// configuration.
var notFound = regexp.MustCompile(`(?i)returned no results|no \w+ found|not found|could not find|no suitable endpoint`)

// inspect asks the cloud about every name in the configuration at once: each
// question is a round trip, and a preview has many previews to come.
func inspect(ctx *pulumi.Context, cfg *config.Config) (*cloud, error) {
	c := &cloud{flavors: map[string]machine.Flavor{}, images: map[string]string{}}
	c.facts = config.CloudFacts{
		Flavors:          map[string]config.Flavor{},
		Images:           map[string]bool{},
		ExternalNetworks: map[string]bool{},
		Zones:            map[string]bool{},
		VolumeZones:      map[string]bool{},
		DNSZones:         map[string]bool{},
	}
	names := cfg.CloudNames()
	var (
		mu     sync.Mutex
		wg     sync.WaitGroup
		failed error
	)
	ask := func(what string, query func() (func(), error)) {
		wg.Go(func() {
			record, err := query()
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil && !notFound.MatchString(err.Error()):
				err = fmt.Errorf("asking OpenStack for %s: %w", what, err)
				// One answer says enough about a cloud that fails, and always the same one.
				if failed == nil || err.Error() < failed.Error() {
					failed = err
				}
			case err == nil:
				record()
			}
		})
	}
	for _, name := range names.Flavors {
		ask("flavor "+name, func() (func(), error) { return c.askFlavor(ctx, name) })
	}
	for _, name := range names.Images {
		ask("image "+name, func() (func(), error) { return c.askImage(ctx, name) })
	}
	if name := names.ExternalNetwork; name != "" {
		ask("network "+name, func() (func(), error) { return c.askNetwork(ctx, name) })
	}
	ask("availability zones", func() (func(), error) { return c.askZones(ctx) })
	if cfg.CinderCSI.Enabled {
		ask("availability zones of Cinder", func() (func(), error) { return c.askVolumeZones(ctx) })
	}
	if cfg.ExternalDNS.Enabled {
		for _, zone := range cfg.ExternalDNS.Zones {
			ask("DNS zone "+zone, func() (func(), error) { return c.askDNSZone(ctx, zone) })
		}
	}
	for _, zone := range cfg.DNS01Zones() {
		ask("DNS zone "+zone, func() (func(), error) { return c.askDNSZone(ctx, zone) })
	}
	if cfg.ExternalDNS.Enabled || cfg.CertManager.UsesDNS01() || cfg.Endpoint.Type == config.EndpointOctavia || cfg.CloudController.Enabled || cfg.CinderCSI.Enabled || cfg.KeystoneAuth.Enabled {
		ask("its services", func() (func(), error) { return c.askCatalogue(ctx) })
	}
	wg.Wait()
	return c, failed
}

func (c *cloud) askFlavor(ctx *pulumi.Context, name string) (func(), error) {
	f, err := compute.LookupFlavor(ctx, &compute.LookupFlavorArgs{Name: &name})
	if err != nil {
		return nil, err
	}
	return func() {
		c.flavors[name] = machine.Flavor{ID: f.Id, Name: name}
		c.facts.Flavors[name] = config.Flavor{VCPUs: deref(f.Vcpus), RAMMB: deref(f.Ram), DiskGB: deref(f.Disk)}
	}, nil
}

func (c *cloud) askImage(ctx *pulumi.Context, name string) (func(), error) {
	// The newest of several with one name, as Nova's own clients pick it.
	sort := "created_at:desc"
	found, err := images.GetImageIds(ctx, &images.GetImageIdsArgs{Name: &name, Sort: &sort})
	if err != nil || len(found.Ids) == 0 {
		return func() {}, err
	}
	return func() {
		c.images[name] = found.Ids[0]
		c.facts.Images[name] = true
	}, nil
}

func (c *cloud) askNetwork(ctx *pulumi.Context, name string) (func(), error) {
	n, err := networking.LookupNetwork(ctx, &networking.LookupNetworkArgs{Name: &name})
	if err != nil {
		return nil, err
	}
	return func() {
		c.network = n.Id
		c.facts.ExternalNetworks[name] = n.External != nil && *n.External
	}, nil
}

func (c *cloud) askZones(ctx *pulumi.Context) (func(), error) {
	zones, err := compute.GetAvailabilityZones(ctx, &compute.GetAvailabilityZonesArgs{})
	if err != nil {
		return nil, err
	}
	return func() {
		for _, z := range zones.Names {
			c.facts.Zones[z] = true
		}
	}, nil
}

func (c *cloud) askVolumeZones(ctx *pulumi.Context) (func(), error) {
	zones, err := blockstorage.GetAvailabilityZonesV3(ctx, &blockstorage.GetAvailabilityZonesV3Args{})
	if err != nil {
		return nil, err
	}
	return func() {
		for _, z := range zones.Names {
			c.facts.VolumeZones[z] = true
		}
	}, nil
}

func (c *cloud) askDNSZone(ctx *pulumi.Context, name string) (func(), error) {
	dotted := name + "."
	zone, err := dns.GetDnsZone(ctx, &dns.GetDnsZoneArgs{Name: &dotted})
	if err != nil {
		return nil, err
	}
	// A secondary zone is a copy: its records are written elsewhere.
	return func() { c.facts.DNSZones[name] = zone.Type == nil || *zone.Type != "SECONDARY" }, nil
}

// askCatalogue looks for services where clients do, in the catalogue that comes
// with every token.
func (c *cloud) askCatalogue(ctx *pulumi.Context) (func(), error) {
	scope, err := identity.GetAuthScope(ctx, &identity.GetAuthScopeArgs{Name: "slipway"})
	if err != nil {
		return nil, err
	}
	return func() {
		c.region, c.facts.ProjectID = scope.Region, scope.ProjectId
		for _, role := range scope.Roles {
			c.facts.Roles = append(c.facts.Roles, role.RoleName)
		}
		for _, service := range scope.ServiceCatalogs {
			c.facts.LoadBalancers = c.facts.LoadBalancers || service.Type == "load-balancer"
			for _, e := range service.Endpoints {
				c.facts.DNS = c.facts.DNS || service.Type == "dns" && e.Region == scope.Region
				if service.Type == "identity" && e.Interface == "public" && (c.facts.Identity == "" || e.Region == scope.Region) {
					c.facts.Identity = e.Url
				}
			}
		}
	}, nil
}

func deref(p *int) int {
	if p == nil {
		return 0
	}
	return *p
}

// login is how a part of the cluster logs in to the cloud.
func login(cfg *config.Config, in *cloud, roles []string, generation int) cloudlogin.Login {
	return cloudlogin.Login{
		AuthURL: in.facts.Identity, Region: in.region, CACertificate: cfg.OpenStack.CACertificate,
		Roles: roles, Generation: generation,
	}
}
