package sharednetwork

import (
	"maps"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/pulumitest"
)

var network = Network{
	Version: Version, Name: "shared", NetworkID: "network-id", SubnetID: "subnet-id", RouterID: "router-id",
	CIDR: netip.MustParsePrefix("10.0.0.0/16"), MTU: 1442, DNSServers: []netip.Addr{netip.MustParseAddr("192.0.2.53")}, ExternalNetwork: "public",
}

func exported(t *testing.T) map[string]any {
	t.Helper()
	recorded := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		ctx.Export(Output, Outputs(network, IDs{pulumi.String("network-id"), pulumi.String("subnet-id"), pulumi.String("router-id"), pulumi.Int(1442)}))
		return nil
	})
	return recorded.Outputs[Output].Mappable().(map[string]any)
}

// What one stack writes, the other reads.
func TestParseReadsOutputs(t *testing.T) {
	got, problems := Parse(exported(t))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	equal := []cmp.Option{cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })}
	if diff := cmp.Diff(network, *got, equal...); diff != "" {
		t.Errorf("read (-written +read):\n%s", diff)
	}
}

func TestParseRefuses(t *testing.T) {
	whole := exported(t)
	without := func(keys ...string) any {
		part := maps.Clone(whole)
		for _, key := range keys {
			delete(part, key)
		}
		return part
	}
	newer := maps.Clone(whole)
	newer["version"] = 2.0
	odd := maps.Clone(whole)
	odd["cidr"] = "10.0.0.0/33"
	tests := map[string]struct {
		output any
		want   string
	}{
		"none":       {nil, `has no output "network"`},
		"text":       {"network-id", `has an output "network" that is no mapping`},
		"newer":      {newer, `has an output "network" of version 2, but this program reads version 1`},
		"no version": {without("version"), `has an output "network" without version`},
		"parts":      {without("routerId", "mtu"), "has an output \"network\" without routerId\nhas an output \"network\" without mtu"},
		"odd":        {odd, `has an output "network" that cannot be read: netip.ParsePrefix("10.0.0.0/33"): prefix length out of range`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, problems := Parse(tt.output); strings.Join(problems, "\n") != tt.want {
				t.Errorf("Parse says %q, want %s", problems, tt.want)
			}
		})
	}
}
