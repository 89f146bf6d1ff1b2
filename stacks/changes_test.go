package stacks

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"slipway/internal/pulumitest"
)

// setWorkers gives the pool of the dev stack these nodes.
func setWorkers(t *testing.T, names ...string) *pulumitest.Recorded {
	t.Helper()
	settings := shipped(t, "dev")
	mutate(t, settings, "slipway:workerPools", func(pools map[string]any) {
		nodes := map[string]any{}
		for _, name := range names {
			nodes[name] = map[string]any{}
		}
		pools["default"].(map[string]any)["nodes"] = nodes
	})
	return mustRun(t, "dev", settings)
}

// changed lists the resources of both graphs whose inputs differ, and those of
// one only. Secrets are compared too.
func changed(before, after *pulumitest.Recorded) (different, gone, added []string) {
	old := map[string]pulumitest.Resource{}
	for _, r := range before.Resources {
		old[r.URN] = r
	}
	for _, r := range after.Resources {
		was, ok := old[r.URN]
		switch {
		case !ok:
			added = append(added, r.Name)
		case !was.Inputs.DeepEquals(r.Inputs) || was.Parent != r.Parent:
			different = append(different, r.Name)
		}
		delete(old, r.URN)
	}
	for _, r := range old {
		gone = append(gone, r.Name)
	}
	slices.Sort(different)
	return different, gone, added
}

// Adding or removing a worker replaces no machine, prepares none again and
// joins none again: it renews the token and waits for the nodes there are now.
func TestOtherNodesStayWhenWorkersComeAndGo(t *testing.T) {
	concerned := []string{"dev-cp1-admit", "dev-ready-wait-nodes"}
	two := setWorkers(t, "w1", "w2")
	for name, workers := range map[string][]string{"w1 goes": {"w2"}, "w2 goes": {"w1"}, "w3 comes": {"w1", "w2", "w3"}} {
		t.Run(name, func(t *testing.T) {
			different, gone, added := changed(two, setWorkers(t, workers...))
			if diff := cmp.Diff(concerned, different); diff != "" {
				t.Errorf("resources that change (-want +got):\n%s", diff)
			}
			who, what, _ := strings.Cut(name, " ")
			moved, other := gone, added
			if what == "comes" {
				moved, other = added, gone
			}
			if len(moved) == 0 || len(other) != 0 {
				t.Errorf("gone %v, added %v", gone, added)
			}
			for _, r := range moved {
				if !strings.HasPrefix(r, "dev-default-"+who) {
					t.Errorf("%s does not belong to %s", r, who)
				}
			}
		})
	}
}

// An unchanged configuration plans no change, whatever the order of maps and goroutines.
func TestSameConfigurationSameInputs(t *testing.T) {
	different, gone, added := changed(setWorkers(t, "w1", "w2"), setWorkers(t, "w2", "w1"))
	if len(different)+len(gone)+len(added) != 0 {
		t.Errorf("a second run changes %v, drops %v, adds %v", different, gone, added)
	}
}

// A new address range for SSH must not touch a machine.
func TestAccessChangesRulesOnly(t *testing.T) {
	settings := shipped(t, "dev")
	mutate(t, settings, "slipway:access", func(access map[string]any) {
		access["ssh"] = append(access["ssh"].([]any), "192.0.2.0/24")
	})
	different, gone, added := changed(mustRun(t, "dev", shipped(t, "dev")), mustRun(t, "dev", settings))
	if len(different)+len(gone) != 0 || !slices.Equal(added, []string{"dev-bastion-ssh-192.0.2.0-24"}) {
		t.Errorf("changes %v, drops %v, adds %v", different, gone, added)
	}
}
