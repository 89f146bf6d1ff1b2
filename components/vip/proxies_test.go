package vip

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/machine"
	"slipway/internal/pulumitest"
)

// apart has two proxies that are no API servers, and a floating IP.
func apart() *HAProxyKeepalivedVIPArgs {
	args := baseline()
	args.Proxies = map[string]pulumi.StringInput{"demo-proxy-p1": pulumi.String("10.0.0.21"), "demo-proxy-p2": pulumi.String("10.0.0.22")}
	args.OpenStack.FloatingIP = &machine.FloatingIP{Network: "public"}
	return args
}

func TestVIPOwnsWhatItMakes(t *testing.T) {
	recorded := run(t, apart())
	recorded.AssertComponent(t, vipType, "demo-endpoint")
	port := recorded.Get(t, portType, "demo-endpoint-port")
	for path, want := range map[string]string{
		"networkId": "network-id", "fixedIps[0].subnetId": "subnet-id", "securityGroupIds[0]": "group-id", "tags[0]": "slipway-cluster=demo",
	} {
		if v, _, _ := port.Input(path); !v.IsString() || v.StringValue() != want {
			t.Errorf("%s of the port = %v, want %s", path, v, want)
		}
	}
}

// Proxies advertise among themselves and bring clients to API servers: neither
// list may stand for the other.
func TestProxiesApartFromAPIServers(t *testing.T) {
	recorded := run(t, apart())
	for host, peers := range map[string][2]string{"demo-proxy-p1": {"10.0.0.21", "10.0.0.22"}, "demo-proxy-p2": {"10.0.0.22", "10.0.0.21"}} {
		_, haproxy, _ := strings.Cut(recorded.Outputs[resource.PropertyKey(host)].StringValue(), "\n")
		haproxy, keepalived, _ := strings.Cut(haproxy, "global_defs")
		haproxy, proxies, _ := strings.Cut(haproxy, "backend other-proxies")
		for _, server := range []string{"demo-cp1 10.0.0.11", "demo-cp2 10.0.0.12", "demo-cp3 10.0.0.13"} {
			if !strings.Contains(haproxy, "server "+server+":6443\n") {
				t.Errorf("HAProxy of %s does not know %s", host, server)
			}
		}
		if strings.Contains(haproxy, "10.0.0.2") || strings.Contains(proxies+keepalived, "10.0.0.1") {
			t.Errorf("%s takes a proxy for an API server, or the other way round", host)
		}
		own, other := peers[0], peers[1]
		if strings.Contains(proxies, own) || !strings.Contains(proxies, " "+other+":9101\n") {
			t.Errorf("HAProxy of %s does not look for %s alone", host, other)
		}
		if !strings.Contains(keepalived, fmt.Sprintf("unicast_peer {\n        %s\n    }", other)) || !strings.Contains(keepalived, "unicast_src_ip "+own+"\n") {
			t.Errorf("Keepalived of %s is not at %s with the peer %s alone", host, own, other)
		}
	}
	for host := range baseline().APIServers {
		if v, ok := recorded.Outputs[resource.PropertyKey(host)]; ok {
			t.Errorf("%s is no proxy but is to run %v", host, v)
		}
	}
}

// The user's address goes on the reserved port, not on a machine's.
func TestAdoptedFloatingIPIsOnTheReservedPort(t *testing.T) {
	args := apart()
	args.OpenStack.FloatingIP = &machine.FloatingIP{Address: netip.MustParseAddr("203.0.113.7")}
	recorded := run(t, args)
	associated := recorded.Get(t, associateType, "demo-endpoint-address")
	if v, _, _ := associated.Input("portId"); v.StringValue() != recorded.Get(t, portType, "demo-endpoint-port").ID {
		t.Errorf("the floating IP is on %v, want the reserved port", v)
	}
}

func TestVIPPreviewKnowsTheGraph(t *testing.T) {
	preview := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		_, err := NewHAProxyKeepalivedVIP(ctx, "demo-endpoint", apart())
		return err
	}, pulumitest.Preview())
	if up := run(t, apart()); len(up.Resources) != len(preview.Resources) {
		t.Errorf("preview shows %d resources, up creates %d", len(preview.Resources), len(up.Resources))
	}
}

// One more than the priorities tell apart would share one with another.
func TestVIPRefusesTooManyProxies(t *testing.T) {
	for count, want := range map[int]string{maxProxies: "", maxProxies + 1: "10 proxies for 3 API servers: 1 to 9 proxies and an API server are required"} {
		args := apart()
		args.Proxies = map[string]pulumi.StringInput{}
		for i := range count {
			args.Proxies[fmt.Sprintf("demo-proxy-p%d", i)] = pulumi.String("10.0.0.21")
		}
		got := ""
		if err := args.validate(); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%d proxies: %q, want %q", count, got, want)
		}
	}
}
