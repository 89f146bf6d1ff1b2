package main

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/blang/semver"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/integration"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"slipway/tools/pulumi-resource-command/internal/sshtest"
)

func server(t *testing.T) integration.Server {
	t.Helper()
	s, err := integration.NewServer(t.Context(), "command", semver.MustParse("1.2.1"), integration.WithProvider(provider()))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSchema pins the names to those of the SDK: a wrong one is silently lost
// between program and plugin.
func TestSchema(t *testing.T) {
	resp, err := server(t).GetSchema(p.GetSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal([]byte(resp.Schema), &spec); err != nil {
		t.Fatal(err)
	}
	process := []string{"addPreviousOutputInEnv", "archivePaths", "assetPaths", "dir", "environment", "interpreter", "logging", "stdin"}
	for token, want := range map[string][]string{
		"command:remote:Command":      {"addPreviousOutputInEnv", "connection", "create", "delete", "environment", "logging", "stdin", "triggers", "update"},
		"command:remote:CopyToRemote": {"connection", "remotePath", "source", "triggers"},
		"command:local:Command":       append([]string{"create", "delete", "triggers", "update"}, process...),
	} {
		same(t, token, spec.Resources[token].InputProperties, want)
		if !spec.Resources[token].InputProperties["triggers"].ReplaceOnChanges {
			t.Errorf("%s: triggers do not replace", token)
		}
	}
	same(t, "command:local:run", spec.Functions["command:local:run"].Inputs.Properties, append([]string{"command"}, process...))
	endpoint := []string{"agentSocketPath", "dialErrorLimit", "host", "hostKey", "password", "perDialTimeout", "port", "privateKey", "privateKeyPassword", "user"}
	same(t, "Connection", spec.Types["command:remote:Connection"].Properties, append([]string{"proxy"}, endpoint...))
	same(t, "ProxyConnection", spec.Types["command:remote:ProxyConnection"].Properties, endpoint)
}

func same(t *testing.T, where string, got map[string]schema.PropertySpec, want []string) {
	t.Helper()
	var names []string
	for name := range got {
		names = append(names, name)
	}
	slices.Sort(names)
	slices.Sort(want)
	if !slices.Equal(names, want) {
		t.Errorf("%s has the properties\n%v, want\n%v", where, names, want)
	}
}

// TestLifecycle goes through the provider as the engine does.
func TestLifecycle(t *testing.T) {
	t.Setenv("SSH_AUTH_SOCK", "")
	signer, private := sshtest.Key(t)
	machine := sshtest.Start(t, sshtest.Login{AuthorizedKey: signer.PublicKey()})
	log := t.TempDir() + "/log"
	inputs := property.NewMap(map[string]property.Value{
		"connection": property.New(map[string]property.Value{
			"host": property.New(machine.Host), "port": property.New(float64(machine.Port)),
			"hostKey": property.New(machine.HostKey), "privateKey": property.New(private),
		}).WithSecret(true),
		"create": property.New("echo created | tee -a " + log), "delete": property.New("echo deleted >> " + log),
		"stdin": property.New("hidden").WithSecret(true),
	})
	s := server(t)
	urn := resource.NewURN("test", "test", "", "command:remote:Command", "step")
	checked, err := s.Check(p.CheckRequest{Urn: urn, Inputs: inputs})
	if err != nil || len(checked.Failures) > 0 {
		t.Fatal(err, checked.Failures)
	}
	if user := checked.Inputs.Get("connection").AsMap().Get("user"); user.AsString() != "root" {
		t.Errorf("the user defaults to %v", user)
	}
	preview, err := s.Create(p.CreateRequest{Urn: urn, Properties: checked.Inputs, DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	if !preview.Properties.Get("stdout").IsComputed() {
		t.Errorf("stdout is known in a preview: %v", preview.Properties.Get("stdout"))
	}
	created, err := s.Create(p.CreateRequest{Urn: urn, Properties: checked.Inputs})
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"connection", "stdin"} { // outputs: additionalSecretOutputs, says the SDK
		if !created.Properties.Get(secret).Secret() {
			t.Errorf("%s is not secret in the state", secret)
		}
	}
	diff, err := s.Diff(p.DiffRequest{ID: created.ID, Urn: urn, State: created.Properties, OldInputs: checked.Inputs, Inputs: checked.Inputs})
	if err != nil || diff.HasChanges {
		t.Errorf("nothing changed, but: %+v, %v", diff, err)
	}
	changed := checked.Inputs.Set("triggers", property.New([]property.Value{property.New("new")}))
	diff, err = s.Diff(p.DiffRequest{ID: created.ID, Urn: urn, State: created.Properties, OldInputs: checked.Inputs, Inputs: changed})
	if err != nil || !diff.HasChanges || diff.DetailedDiff["triggers"].Kind != p.AddReplace {
		t.Errorf("a trigger changed, but: %+v, %v", diff, err)
	}
	if err := s.Delete(p.DeleteRequest{ID: created.ID, Urn: urn, Properties: created.Properties}); err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(log); err != nil || string(content) != "created\ndeleted\n" {
		t.Errorf("the machine saw %q, %v", content, err)
	}
}
