package vip

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/bootstrap"
	"slipway/internal/machine"
	"slipway/internal/nodetest"
	"slipway/internal/pulumitest"
)

const (
	portType       = "openstack:networking/port:Port"
	floatingIPType = "openstack:networking/floatingIp:FloatingIp"
	associateType  = "openstack:networking/floatingIpAssociate:FloatingIpAssociate"
)

func baseline() *HAProxyKeepalivedVIPArgs {
	nodes := map[string]pulumi.StringInput{"demo-cp1": pulumi.String("10.0.0.11"), "demo-cp2": pulumi.String("10.0.0.12"), "demo-cp3": pulumi.String("10.0.0.13")}
	return &HAProxyKeepalivedVIPArgs{
		Address: netip.MustParseAddr("10.0.0.2"), Port: 8443, APIServerPort: 6443, VirtualRouterID: 2, Proxies: nodes, APIServers: nodes,
		OpenStack: &OpenStackArgs{Attachment: nodetest.Attachment()},
	}
}

func run(t *testing.T, args *HAProxyKeepalivedVIPArgs) *pulumitest.Recorded {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		v, err := NewHAProxyKeepalivedVIP(ctx, "demo-endpoint", args)
		if err != nil {
			return err
		}
		for key, value := range v.Outputs() {
			ctx.Export(key, value)
		}
		for host, config := range v.Config {
			ctx.Export(host, config.ApplyT(func(c any) string {
				proxy := c.(bootstrap.Proxy)
				return proxy.Address.String() + "\n" + proxy.HAProxy + proxy.Keepalived
			}).(pulumi.StringOutput))
		}
		return nil
	})
}

func TestAddressIsReserved(t *testing.T) {
	recorded := run(t, baseline())
	recorded.AssertParented(t)
	recorded.AssertNames(t, "demo-endpoint")
	recorded.AssertOutputsRegistered(t)
	port := recorded.Get(t, portType, "demo-endpoint-port")
	if v, _, _ := port.Input("fixedIps[0].ipAddress"); v.StringValue() != "10.0.0.2" {
		t.Errorf("the port has the address %v", v)
	}
	if v, _, _ := port.Input("allowedAddressPairs"); v.IsArray() && len(v.ArrayValue()) > 0 {
		t.Errorf("the port that nobody is on may send from %v", v)
	}
	checkEndpoint(t, recorded, "10.0.0.2", "10.0.0.2")
}

func checkEndpoint(t *testing.T, recorded *pulumitest.Recorded, internal, external string) {
	t.Helper()
	got := []any{recorded.Outputs["internal"].StringValue(), recorded.Outputs["external"].StringValue(), recorded.Outputs["port"].NumberValue()}
	if diff := cmp.Diff([]any{internal, external, 8443.0}, got); diff != "" {
		t.Errorf("endpoint (-want +got):\n%s", diff)
	}
}

func TestFloatingIP(t *testing.T) {
	args := baseline()
	args.OpenStack.FloatingIP = &machine.FloatingIP{Network: "public"}
	recorded := run(t, args)
	floating := recorded.Get(t, floatingIPType, "demo-endpoint-address")
	if v, _, _ := floating.Input("portId"); v.StringValue() != recorded.Get(t, portType, "demo-endpoint-port").ID {
		t.Errorf("the floating IP is on %v", v)
	}
	checkEndpoint(t, recorded, "10.0.0.2", floating.Outputs["address"].StringValue())
}

// What the user brought is not in the state, so it is never released.
func TestAdoptedFloatingIP(t *testing.T) {
	args := baseline()
	args.OpenStack.FloatingIP = &machine.FloatingIP{Address: netip.MustParseAddr("203.0.113.7")}
	recorded := run(t, args)
	if n := len(recorded.ByType(floatingIPType)); n != 0 {
		t.Errorf("%d floating IPs are registered", n)
	}
	if v, _, _ := recorded.Get(t, associateType, "demo-endpoint-address").Input("floatingIp"); v.StringValue() != "203.0.113.7" {
		t.Errorf("the floating IP is %v", v)
	}
	checkEndpoint(t, recorded, "10.0.0.2", "203.0.113.7")
}

func TestOnALAN(t *testing.T) {
	args := baseline()
	args.OpenStack = nil
	recorded := run(t, args)
	for _, r := range recorded.Resources {
		if r.Custom {
			t.Errorf("%s %s is registered", r.Type, r.Name)
		}
	}
	checkEndpoint(t, recorded, "10.0.0.2", "10.0.0.2")
}

// Each proxy has its own address first, and all API servers behind it.
func TestEachProxyHasItsConfiguration(t *testing.T) {
	recorded := run(t, baseline())
	for host, address := range map[string]string{"demo-cp1": "10.0.0.11", "demo-cp2": "10.0.0.12", "demo-cp3": "10.0.0.13"} {
		text := recorded.Outputs[resource.PropertyKey(host)].StringValue()
		for _, want := range []string{
			address + "\n", "bind ", "10.0.0.11:6443", "10.0.0.12:6443", "10.0.0.13:6443", "virtual_router_id 2\n", "unicast_src_ip " + address + "\n",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("what %s runs lacks %q", host, want)
			}
		}
	}
}

func TestVIPRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*HAProxyKeepalivedVIPArgs)
		want   string
	}{
		"no address":        {func(a *HAProxyKeepalivedVIPArgs) { a.Address = netip.Addr{} }, "args with an IPv4 address and both ports are required"},
		"no port":           {func(a *HAProxyKeepalivedVIPArgs) { a.Port = 0 }, "args with an IPv4 address and both ports are required"},
		"virtual router id": {func(a *HAProxyKeepalivedVIPArgs) { a.VirtualRouterID = 256 }, "virtual router id 256: must be between 1 and 255"},
		"nobody holds it":   {func(a *HAProxyKeepalivedVIPArgs) { a.Proxies = nil }, "0 proxies for 3 API servers"},
		"nothing behind it": {func(a *HAProxyKeepalivedVIPArgs) { a.APIServers = nil }, "3 proxies for 0 API servers"},
	} {
		args := baseline()
		tt.change(args)
		recorded, err := pulumitest.RunErr(t, func(ctx *pulumi.Context) error {
			_, err := NewHAProxyKeepalivedVIP(ctx, "demo-endpoint", args)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), tt.want) || len(recorded.Resources) != 0 {
			t.Errorf("%s: %v, %d resources; want %q", name, err, len(recorded.Resources), tt.want)
		}
	}
}
