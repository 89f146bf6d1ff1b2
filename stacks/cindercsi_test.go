package stacks

import (
	"strings"
	"testing"
)

// The driver's pods are waited for: they need a network, and nodes to run on.
func TestCinderCSIComesAfterTheNodes(t *testing.T) {
	haveSources(t)
	settings := shipped(t, "dev")
	settings["slipway:cinderCSI"] = `{"enabled": true, "ignoreZones": true}`
	recorded := mustRun(t, "dev", settings)
	driver := recorded.Get(t, "kubernetes:apps/v1:DaemonSet", "dev-cinder-csi-daemonset-openstack-cinder-csi-nodeplugin")
	for _, before := range []string{
		recorded.Get(t, "kubernetes:apps/v1:DaemonSet", "dev-flannel-daemon").URN,
		recorded.Get(t, "command:remote:Command", "dev-default-w1-join").URN,
	} {
		if !strings.Contains(strings.Join(driver.DependsOn, " "), before) {
			t.Errorf("it does not wait for %s", before)
		}
	}
}
