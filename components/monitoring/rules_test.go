package monitoring

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"slipway/internal/golden"
)

// The rules, as promtool reads them, with an address.
func TestRules(t *testing.T) {
	var all []any
	for _, a := range alerts {
		all = append(all, a.rule(func(text string) any { return strings.ReplaceAll(text, virtualAddress, "10.0.0.5") }))
	}
	text, err := yaml.Marshal(map[string]any{"groups": []any{map[string]any{"name": "haproxy", "rules": all}}})
	if err != nil {
		t.Fatal(err)
	}
	golden.Assert(t, "rules.yaml", string(text))
}

// Prometheus's own tool checks the rules, and judges the series in rules_test.yaml
// by them.
func TestRulesByPromtool(t *testing.T) {
	promtool := filepath.Join(t.TempDir(), "promtool")
	// As the toolchain compiles Prometheus, most packages of which it shares.
	build := exec.Command("go", "build", "-C", "../../tools/prometheus", "-tags", "remove_all_sd,enable_kubernetes_sd", "-o", promtool, "github.com/prometheus/prometheus/cmd/promtool")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("compiling promtool: %v\n%s", err, out)
	}
	for _, args := range []string{"check rules --lint=all --lint-fatal rules.yaml", "test rules rules_test.yaml"} {
		run := exec.Command(promtool, strings.Fields(args)...)
		run.Dir = "testdata"
		if out, err := run.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", args, err, out)
		}
	}
}

// Every alert is judged both ways, and its runbook says what to do.
func TestRulesAreTested(t *testing.T) {
	tests, err := os.ReadFile("testdata/rules_test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	runbook, err := os.ReadFile("../../" + runbooks + "api-endpoint.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range alerts {
		if n := strings.Count(string(tests), "alertname: "+a.name+"\n"); n < 2 {
			t.Errorf("rules_test.yaml judges %s %d times, want that it fires and that it does not", a.name, n)
		}
		if !strings.Contains(string(runbook), "\n## "+a.name+"\n") {
			t.Errorf("the runbook has no section %s", a.name)
		}
	}
}
