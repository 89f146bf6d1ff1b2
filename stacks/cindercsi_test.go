package stacks

import (
	"context"
	"errors"
	"strings"
	"testing"

	"slipway/components/cindercsi"
	"slipway/internal/artifacts"
	"slipway/internal/charts/charttest"
)

// haveCinderSources stands in for the chart, which tests cannot fetch.
func haveCinderSources(t *testing.T) {
	before := getCinderCSI
	t.Cleanup(func() { getCinderCSI = before })
	getCinderCSI = func(context.Context, artifacts.Source, string) (*cindercsi.Sources, error) {
		return cindercsi.NewSources(charttest.Chart(t, "openstack-cinder-csi", map[string]string{
			"templates/plugin.yaml": "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: openstack-cinder-csi-nodeplugin}\n",
		}), nil), nil
	}
}

// The driver's pods are waited for: they need a network, and nodes to run on.
func TestCinderCSIComesAfterTheNodes(t *testing.T) {
	haveCinderSources(t)
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

// What cannot be had is said before anything is made.
func TestChartsThatCannotBeHad(t *testing.T) {
	before := getCinderCSI
	t.Cleanup(func() { getCinderCSI = before })
	getCinderCSI = func(context.Context, artifacts.Source, string) (*cindercsi.Sources, error) {
		return nil, errors.New("chart some 1.2.3: getting https://charts.test: no route to host")
	}
	settings := shipped(t, "dev")
	settings["slipway:cinderCSI"] = `{"enabled": true, "ignoreZones": true}`
	recorded, err := run(t, "dev", settings)
	if err == nil || !strings.Contains(err.Error(), "slipway:cinderCSI: chart some 1.2.3: getting https://charts.test: no route to host") {
		t.Errorf("the error is %v", err)
	}
	if n := len(recorded.ByType("openstack:networking/network:Network")); n != 0 {
		t.Errorf("%d networks were registered", n)
	}
}
