package stacks

import (
	"slices"
	"strings"
	"testing"

	"slipway/internal/pulumitest"
)

const metalLB = `{"enabled": true, "pools": {"default": {"addresses": ["10.0.0.241", "10.0.0.242-10.0.0.243"], "floatingIPs": true}}, "access": [{"from": ["192.0.2.0/24"], "ports": [80]}]}`

// pairs are the address pairs of a machine's port.
func pairs(t *testing.T, recorded *pulumitest.Recorded, port string) []string {
	t.Helper()
	value, _, _ := recorded.Get(t, "openstack:networking/port:Port", port).Input("allowedAddressPairs")
	var all []string
	for _, pair := range value.ArrayValue() {
		all = append(all, pair.ObjectValue()["ipAddress"].StringValue())
	}
	return all
}

// Nodes that run work may send from the addresses; nothing else gets them.
func TestMetalLBOnOpenStack(t *testing.T) {
	haveSources(t)
	settings := shipped(t, "dev")
	settings["slipway:metalLB"] = metalLB
	recorded := mustRun(t, "dev", settings)
	if got := pairs(t, recorded, "dev-default-w1-port"); !slices.Equal(got, []string{"10.0.0.241/32", "10.0.0.242/31"}) {
		t.Errorf("a worker may send from %v", got)
	}
	if got := pairs(t, recorded, "dev-cp1-port"); len(got) != 0 {
		t.Errorf("a control plane may send from %v", got)
	}
	reserved := recorded.Get(t, "openstack:networking/port:Port", "dev-metallb-10.0.0.242-port")
	if fixed, _, _ := reserved.Input("fixedIps[0].ipAddress"); fixed.StringValue() != "10.0.0.242" {
		t.Errorf("reserved is %v", fixed)
	}
	recorded.Get(t, "openstack:networking/floatingIp:FloatingIp", "dev-metallb-10.0.0.243-address")
	recorded.Get(t, "openstack:networking/secGroupRule:SecGroupRule", "dev-node-service-tcp-80-192.0.2.0-24")
	controller := recorded.Get(t, "kubernetes:apps/v1:Deployment", "dev-metallb-deployment-metallb-controller")
	for _, before := range []string{
		recorded.Get(t, "kubernetes:apps/v1:DaemonSet", "dev-flannel-daemon").URN,
		recorded.Get(t, "command:remote:Command", "dev-default-w1-join").URN,
	} {
		if !strings.Contains(strings.Join(controller.DependsOn, " "), before) {
			t.Errorf("it does not wait for %s", before)
		}
	}
}

// Without workers the control plane does the work.
func TestMetalLBOfASingleNode(t *testing.T) {
	haveSources(t)
	settings := shipped(t, "dev")
	settings["slipway:metalLB"] = metalLB
	settings["slipway:controlPlane"] = strings.Replace(settings["slipway:controlPlane"], "{", `{"schedulable": true, `, 1)
	delete(settings, "slipway:workerPools")
	if got := pairs(t, mustRun(t, "dev", settings), "dev-cp1-port"); len(got) != 2 {
		t.Errorf("the only node may send from %v", got)
	}
}

// Existing machines have a network that is not ours to keep addresses in.
func TestMetalLBOnHosts(t *testing.T) {
	haveSources(t)
	settings := onHosts(t)
	settings["slipway:metalLB"] = `{"enabled": true, "pools": {"default": {"addresses": ["192.0.2.201-192.0.2.203"]}}}`
	recorded, err := runOnHosts(t, settings, answers(nil))
	if err != nil {
		t.Fatal(err)
	}
	pool := recorded.Get(t, "kubernetes:metallb.io/v1beta1:IPAddressPool", "rack-metallb-ipaddresspool-default")
	if addresses, _, _ := pool.Input("spec.addresses[0]"); addresses.StringValue() != "192.0.2.201-192.0.2.203" {
		t.Errorf("the addresses are %v", addresses)
	}
}
