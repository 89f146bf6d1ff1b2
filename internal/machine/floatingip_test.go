package machine

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/pulumitest"
)

const (
	floatingIPType = "openstack:networking/floatingIp:FloatingIp"
	associateType  = "openstack:networking/floatingIpAssociate:FloatingIpAssociate"
)

// attach puts the floating IP on a port of its own.
func attach(t *testing.T, f FloatingIP) *pulumitest.Recorded {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		port, err := NewPort(ctx, "demo", attachment(), netip.Addr{})
		if err != nil {
			return err
		}
		address, err := f.Attach(ctx, "demo", port.ID().ToStringOutput())
		ctx.Export("address", address)
		return err
	})
}

// A floating IP that exists outlives the stack: it is never a resource of it,
// for that would release it.
func TestFloatingIP(t *testing.T) {
	tests := map[string]struct {
		args        FloatingIP
		typ, absent string
		inputs      map[string]any
	}{
		"new": {
			FloatingIP{Network: "public", Description: "API", Tags: []string{"a=b"}}, floatingIPType, associateType,
			map[string]any{"pool": "public", "description": "API", "tags": []any{"a=b"}},
		},
		"adopted": {
			FloatingIP{Network: "public", Address: netip.MustParseAddr("172.24.4.99"), Tags: []string{"a=b"}}, associateType, floatingIPType,
			map[string]any{"floatingIp": "172.24.4.99"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			recorded := attach(t, tt.args)
			r := recorded.Get(t, tt.typ, "demo-address")
			tt.inputs["portId"] = recorded.Get(t, portType, "demo-port").ID
			if diff := cmp.Diff(tt.inputs, r.Inputs.Mappable()); diff != "" {
				t.Errorf("inputs (-want +got):\n%s", diff)
			}
			if others := recorded.ByType(tt.absent); len(others) != 0 {
				t.Errorf("there is a %s too", tt.absent)
			}
			output := map[string]resource.PropertyKey{floatingIPType: "address", associateType: "floatingIp"}[tt.typ]
			if got, want := recorded.Outputs["address"].StringValue(), r.Outputs[output].StringValue(); got == "" || got != want {
				t.Errorf("address = %q, want %q", got, want)
			}
		})
	}
}
