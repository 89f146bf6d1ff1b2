package cilium

import (
	"testing"

	"sigs.k8s.io/yaml"

	"slipway/internal/golden"
)

func TestValues(t *testing.T) {
	for test, mutate := range map[string]func(*CiliumArgs){
		"vxlan":        func(*CiliumArgs) {},
		"native":       func(a *CiliumArgs) { a.Mode = Native },
		"one-operator": func(a *CiliumArgs) { a.Operators = 1 },
	} {
		args := baseline(t)
		mutate(args)
		text, err := yaml.Marshal(args.values())
		if err != nil {
			t.Fatal(err)
		}
		golden.Assert(t, test+".values.yaml", string(text))
	}
}
