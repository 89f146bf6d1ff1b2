package stacks

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"sigs.k8s.io/yaml"

	"slipway/internal/pulumitest"
)

const (
	commandType  = "command:remote:Command"
	instanceType = "openstack:compute/instance:Instance"
	keyType      = "tls:index/privateKey:PrivateKey"

	zonesToken       = "openstack:compute/getAvailabilityZones:getAvailabilityZones"
	volumeZonesToken = "openstack:blockstorage/getAvailabilityZonesV3:getAvailabilityZonesV3"
)

// shipped returns the configuration of a stack of this repository as Pulumi
// hands it to the program: text as it is, everything else as JSON.
func shipped(t *testing.T, stack string) map[string]string {
	t.Helper()
	settings := map[string]string{}
	for key, value := range readStackFile(t, "../Pulumi."+stack+".yaml") {
		settings[key] = encode(t, value)
	}
	return settings
}

func readStackFile(t *testing.T, path string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Config map[string]any `json:"config"`
	}
	if err := yaml.UnmarshalStrict(text, &file); err != nil {
		t.Fatalf("reading %s: %v", path, err)
	}
	return file.Config
}

func encode(t *testing.T, value any) string {
	t.Helper()
	if text, ok := value.(string); ok {
		return text
	}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// mutate changes one key of a configuration.
func mutate(t *testing.T, settings map[string]string, key string, change func(value map[string]any)) {
	t.Helper()
	value := map[string]any{}
	if err := json.Unmarshal([]byte(settings[key]), &value); err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	change(value)
	settings[key] = encode(t, value)
}

// run deploys a stack into a fake cloud that has all zones of the shipped stacks.
func run(t *testing.T, stack string, settings map[string]string, opts ...pulumitest.Option) (*pulumitest.Recorded, error) {
	t.Helper()
	opts = append(site(t, stack, settings), opts...)
	return pulumitest.RunErr(t, func(ctx *pulumi.Context) error { return Deploy(ctx, settings) }, opts...)
}

// site are the options of a run in a cloud that has all zones of the shipped stacks,
// and the networks that they and the examples join.
func site(t *testing.T, stack string, settings map[string]string) []pulumitest.Option {
	t.Helper()
	zones := func(resource.PropertyMap) (resource.PropertyMap, error) {
		return resource.NewPropertyMapFromMap(map[string]any{"id": "zones", "names": []any{"az1", "az2", "az3"}}), nil
	}
	opts := []pulumitest.Option{
		pulumitest.Stack(stack), pulumitest.Config(settings), pulumitest.Invoke(zonesToken, zones), pulumitest.Invoke(volumeZonesToken, zones),
	}
	for joined, file := range map[string]string{"shared-network": networkFile, "prod-network": prodNetworkFile} {
		if strings.Contains(settings["slipway:network"], `"stack":"`+joined+`"`) {
			opts = append(opts, pulumitest.OtherStack("organization/slipway/"+joined, networkOutputs(t, joined, file)))
		}
	}
	return opts
}

func mustRun(t *testing.T, stack string, settings map[string]string, opts ...pulumitest.Option) *pulumitest.Recorded {
	t.Helper()
	recorded, err := run(t, stack, settings, opts...)
	if err != nil {
		t.Fatalf("deploying %s: %v", stack, err)
	}
	return recorded
}

// text is a string input without its secret mark.
func text(t *testing.T, r pulumitest.Resource, path string) string {
	t.Helper()
	value, _, ok := r.Input(path)
	if !ok || !value.IsString() {
		t.Fatalf("%s %q: input %s is %v, want text", r.Type, r.Name, path, value)
	}
	return value.StringValue()
}

// urns lists what was registered.
func urns(r *pulumitest.Recorded) []string {
	var out []string
	for _, res := range r.Resources {
		out = append(out, res.URN)
	}
	slices.Sort(out)
	return out
}
