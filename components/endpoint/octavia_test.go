package endpoint

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/golden"
	"slipway/internal/machine"
	"slipway/internal/pulumitest"
)

const balancerType = "openstack:loadbalancer/loadBalancer:LoadBalancer"

func balanced() *OctaviaArgs {
	return &OctaviaArgs{
		SubnetID: pulumi.String("subnet-id"), Port: 6443, APIServerPort: 6444,
		Members: map[string]pulumi.StringInput{
			"demo-cp1": pulumi.String("10.0.0.11"), "demo-cp2": pulumi.String("10.0.0.12"), "demo-cp3": pulumi.String("10.0.0.13"),
		},
		AllowedCIDRs: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("10.0.0.0/16")},
		FloatingIP:   public(),
		Tags:         []string{"slipway-cluster=demo"},
	}
}

func ovn() *OctaviaArgs {
	args := balanced()
	args.Provider, args.AllowedCIDRs, args.FloatingIP = "ovn", nil, nil
	return args
}

func runOctavia(t *testing.T, args *OctaviaArgs, opts ...pulumitest.Option) (*pulumitest.Recorded, error) {
	t.Helper()
	return pulumitest.RunErr(t, func(ctx *pulumi.Context) error {
		o, err := NewOctavia(ctx, "demo-endpoint", args)
		if err != nil {
			return err
		}
		export(ctx, o.Endpoint)
		return nil
	}, opts...)
}

func TestOctavia(t *testing.T) {
	for name, args := range map[string]*OctaviaArgs{"octavia": balanced(), "ovn": ovn()} {
		t.Run(name, func(t *testing.T) {
			recorded, err := runOctavia(t, args)
			if err != nil {
				t.Fatal(err)
			}
			recorded.AssertComponent(t, octaviaType, "demo-endpoint")
			golden.Assert(t, name+".txt", recorded.Graph())
			inside := recorded.Get(t, balancerType, "demo-endpoint-balancer").Outputs["vipAddress"].StringValue()
			outside := inside
			for _, floating := range recorded.ByType(floatingIPType) {
				outside = floating.Outputs["address"].StringValue()
			}
			check(t, recorded, octaviaType, inside, outside)
		})
	}
}

// A floating IP of the user's goes on the load balancer's port and is no resource that could be released.
func TestOctaviaAdoptsFloatingIP(t *testing.T) {
	args := balanced()
	args.FloatingIP = &machine.FloatingIP{Address: netip.MustParseAddr("172.24.4.100")}
	recorded, err := runOctavia(t, args)
	if err != nil {
		t.Fatal(err)
	}
	associated := recorded.Get(t, "openstack:networking/floatingIpAssociate:FloatingIpAssociate", "demo-endpoint-address")
	port := recorded.Get(t, balancerType, "demo-endpoint-balancer").Outputs["vipPortId"].StringValue()
	if v, _, _ := associated.Input("portId"); v.StringValue() != port || len(recorded.ByType(floatingIPType)) != 0 {
		t.Errorf("the floating IP is on port %v, want %s and no new floating IP", v, port)
	}
}

// Octavia keeps each range once, masked and in an order of its own: what differs from that shows as a change after every refresh.
func TestCanonicalRanges(t *testing.T) {
	var in []netip.Prefix
	for _, text := range []string{"9.0.0.0/8", "203.0.113.7/24", "10.0.0.0/16", "203.0.113.0/24"} {
		in = append(in, netip.MustParsePrefix(text))
	}
	if got, want := strings.Join(canonical(in), " "), "10.0.0.0/16 203.0.113.0/24 9.0.0.0/8"; got != want {
		t.Errorf("canonical(%v) = %s, want %s", in, got, want)
	}
}

func TestOctaviaPreviewKnowsTheGraph(t *testing.T) {
	up, err := runOctavia(t, balanced())
	if err != nil {
		t.Fatal(err)
	}
	preview, err := runOctavia(t, balanced(), pulumitest.Preview())
	if err != nil {
		t.Fatal(err)
	}
	if len(up.Resources) != len(preview.Resources) {
		t.Errorf("preview shows %d resources, up creates %d", len(preview.Resources), len(up.Resources))
	}
}

func TestOctaviaRefuses(t *testing.T) {
	for want, mutate := range map[string]func(*OctaviaArgs){
		"args with a subnet and both ports are required":               func(a *OctaviaArgs) { a.SubnetID = nil },
		"at least one member is required":                              func(a *OctaviaArgs) { a.Members = nil },
		"AllowedCIDRs is required: without it everybody may connect":   func(a *OctaviaArgs) { a.AllowedCIDRs = nil },
		"provider ovn cannot keep to AllowedCIDRs":                     func(a *OctaviaArgs) { a.Provider = "ovn" },
		"AllowedCIDRs fd00::/64: must be IPv4 ranges, like the subnet": func(a *OctaviaArgs) { a.AllowedCIDRs[0] = netip.MustParsePrefix("fd00::/64") },
	} {
		t.Run(want, func(t *testing.T) {
			args := balanced()
			mutate(args)
			recorded, err := runOctavia(t, args)
			if err == nil || !strings.Contains(err.Error(), `endpoint "demo-endpoint": `+want) || len(recorded.Resources) != 0 {
				t.Errorf("NewOctavia: %v, %d resources", err, len(recorded.Resources))
			}
		})
	}
}
