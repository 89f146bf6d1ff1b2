package stacks

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"slipway/internal/pulumitest"
)

// direct is the example without a bastion.
func direct(t *testing.T, opts ...pulumitest.Option) *pulumitest.Recorded {
	t.Helper()
	settings := map[string]string{}
	for key, value := range readStackFile(t, "../examples/no-bastion.yaml") {
		settings[key] = encode(t, value)
	}
	return mustRun(t, "inside", settings, opts...)
}

// Every step on a machine goes through the bastion, or without one straight to
// the machine; its host key is verified either way.
func TestWayToTheMachines(t *testing.T) {
	for name, tt := range map[string]struct {
		recorded *pulumitest.Recorded
		jump     bool
	}{"bastion": {mustRun(t, "dev", shipped(t, "dev")), true}, "none": {direct(t), false}} {
		commands := tt.recorded.ByType(commandType)
		if len(commands) == 0 {
			t.Errorf("%s: no step on any machine", name)
		}
		for _, c := range commands {
			if _, _, jumps := c.Input("connection.proxy"); jumps != tt.jump {
				t.Errorf("%s: %s goes through another machine: %v", name, c.Name, jumps)
			}
			if key, _, _ := c.Input("connection.hostKey"); !key.IsString() || key.StringValue() == "" {
				t.Errorf("%s: %s trusts any machine", name, c.Name)
			}
		}
	}
}

// Nothing is left of the bastion: no address, no group, no output.
func TestNoBastion(t *testing.T) {
	recorded := direct(t)
	for _, r := range recorded.Resources {
		if strings.Contains(r.Name, "bastion") || r.Type == "openstack:networking/floatingIp:FloatingIp" {
			t.Errorf("%s %s is registered", r.Type, r.Name)
		}
	}
	if v, ok := recorded.Outputs["bastionAddress"]; ok {
		t.Errorf("bastionAddress = %v", v)
	}
	if diff := cmp.Diff(urns(recorded), urns(direct(t, pulumitest.Preview()))); diff != "" {
		t.Errorf("preview differs from what up registers (-up +preview):\n%s", diff)
	}
}

// From outside, the configured ranges reach SSH and the API, and nothing else does.
func TestNoBastionAdmitsTheConfiguredRangesOnly(t *testing.T) {
	got := map[string]string{}
	for _, r := range direct(t).ByType("openstack:networking/secGroupRule:SecGroupRule") {
		_, _, fromGroup := r.Input("remoteGroupId")
		if direction, _, _ := r.Input("direction"); direction.StringValue() != "ingress" || fromGroup {
			continue
		}
		port, _, _ := r.Input("portRangeMin")
		got[r.Name] = text(t, r, "remoteIpPrefix") + " to " + port.String()
	}
	want := map[string]string{"inside-node-ssh-10.1.7.0-28": "10.1.7.0/28 to {22}", "inside-controlplane-api-10.0.0.0-14": "10.0.0.0/14 to {6443}"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rules for ranges (-want +got):\n%s", diff)
	}
}
