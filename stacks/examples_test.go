package stacks

import (
	"path/filepath"
	"strings"
	"testing"

	"slipway/internal/golden"
	"slipway/internal/pulumitest"
)

// Each example is a topology of its own, with the graph that its users get.
func TestGraphsOfTheExamples(t *testing.T) {
	files, err := filepath.Glob("../examples/*.yaml")
	if err != nil || len(files) < 5 {
		t.Fatalf("examples are %v (%v)", files, err)
	}
	haveSources(t)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		if name == "hosts" || name == "shared-network" {
			continue // see TestGraphOnHosts and TestNetworkStack
		}
		t.Run(name, func(t *testing.T) {
			settings := map[string]string{}
			for key, value := range readStackFile(t, file) {
				settings[key] = encode(t, value)
			}
			recorded := mustRun(t, name, settings)
			cluster := recorded.ByType("slipway:index:ControlPlane")[0].Name
			golden.Assert(t, "example-"+name+".txt", outline(recorded))
			recorded.AssertParented(t)
			recorded.AssertNames(t, strings.TrimSuffix(cluster, "-control-plane"))
			recorded.AssertOutputsRegistered(t)
			recorded.AssertNoPlainSecrets(t)
		})
	}
}

// outline is a graph without the inputs: which resources there are, and below what.
func outline(recorded *pulumitest.Recorded) string {
	var text strings.Builder
	for line := range strings.Lines(recorded.Graph()) {
		if !strings.HasPrefix(line, " ") && strings.TrimSpace(line) != "" {
			text.WriteString(line)
		}
	}
	return text.String()
}
