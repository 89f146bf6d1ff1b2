package keystoneauth

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/golden"
	"slipway/internal/kubeadm"
	"slipway/internal/pulumitest"
)

const (
	name        = "demo-keystone-auth"
	bindingType = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding"
	configType  = "kubernetes:core/v1:ConfigMap"
	daemonType  = "kubernetes:apps/v1:DaemonSet"
	secretType  = "kubernetes:core/v1:Secret"
	needle      = "the-key-of-the-server"
)

func baseline(cluster pulumi.Resource) *KeystoneAuthArgs {
	return &KeystoneAuthArgs{
		AuthURL:     "https://keystone.example.com/v3",
		ProjectIDs:  []string{"project-a", "project-b"},
		Roles:       map[string]string{"member": "view", "admin": "cluster-admin"},
		Certificate: pulumi.String("pem"),
		Key:         pulumi.ToSecret(pulumi.String(needle)).(pulumi.StringOutput),
		After:       []pulumi.Resource{cluster},
		DeletedWith: cluster,
	}
}

// run deploys the baseline, changed.
func run(t *testing.T, change func(*KeystoneAuthArgs)) *pulumitest.Recorded {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		cluster, err := pulumitest.Component(ctx, "demo-keystone-auth-cluster")
		if err != nil {
			return err
		}
		args := baseline(cluster)
		change(args)
		_, err = NewKeystoneAuth(ctx, name, args)
		return err
	})
}

func asItIs(*KeystoneAuthArgs) {}

func TestKeystoneAuth(t *testing.T) {
	recorded := run(t, asItIs)
	recorded.AssertParented(t)
	recorded.AssertNames(t, name)
	recorded.AssertOutputsRegistered(t)
	recorded.AssertNoPlainSecrets(t, needle)
	golden.Assert(t, "graph.txt", recorded.Graph())
}

// The key is in the Secret, and nowhere else.
func TestTheKeyIsInTheSecret(t *testing.T) {
	recorded := run(t, asItIs)
	key, _, _ := recorded.Get(t, secretType, name+"-certificate").Input(`stringData["tls.key"]`)
	if key.StringValue() != needle {
		t.Errorf("the Secret has %v", key)
	}
}

func TestWhatGoesWithTheCluster(t *testing.T) {
	recorded := run(t, asItIs)
	cluster := recorded.Get(t, pulumitest.ComponentType, "demo-keystone-auth-cluster").URN
	for _, r := range recorded.Resources {
		if r.Custom && r.DeletedWith != cluster {
			t.Errorf("%s %s is deleted with %q", r.Type, r.Name, r.DeletedWith)
		}
	}
}

// A role gives its ClusterRole to a group that no token can name by itself.
func TestRolesAreBound(t *testing.T) {
	recorded := run(t, asItIs)
	for role, want := range map[string]string{"member": "view", "admin": "cluster-admin"} {
		binding := recorded.Get(t, bindingType, name+"-role-"+role)
		given, _, _ := binding.Input("roleRef.name")
		group, _, _ := binding.Input("subjects[0].name")
		kind, _, _ := binding.Input("subjects[0].kind")
		if given.StringValue() != want || group.StringValue() != "keystone:role:"+role || kind.StringValue() != "Group" {
			t.Errorf("%s: %v %v gets %v", role, kind, group, given)
		}
	}
	if got := len(recorded.ByType(bindingType)); got != 2 {
		t.Errorf("there are %d bindings", got)
	}
}

func TestSettings(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*KeystoneAuthArgs)
		want   settings
	}{
		"as it is": {asItIs, settings{URL: "https://keystone.example.com/v3", SystemAuthorities: true, Projects: map[string]bool{"project-a": true, "project-b": true}}},
		"an authority": {func(a *KeystoneAuthArgs) { a.CACertificate, a.ProjectIDs = "pem", []string{"p"} },
			settings{URL: "https://keystone.example.com/v3", Authority: "pem", Projects: map[string]bool{"p": true}}},
		"without a version": {func(a *KeystoneAuthArgs) {
			a.AuthURL, a.ProjectIDs = "https://cloud.example.com/identity/", []string{"p"}
		},
			settings{URL: "https://cloud.example.com/identity/v3", SystemAuthorities: true, Projects: map[string]bool{"p": true}}},
		"with a slash": {func(a *KeystoneAuthArgs) {
			a.AuthURL, a.ProjectIDs = "https://cloud.example.com:5000/v3/", []string{"p"}
		},
			settings{URL: "https://cloud.example.com:5000/v3", SystemAuthorities: true, Projects: map[string]bool{"p": true}}},
	} {
		text, _, _ := run(t, test.change).Get(t, configType, "demo-keystone-auth-config").Input(`data["settings.json"]`)
		var got document
		if err := json.Unmarshal([]byte(text.StringValue()), &got); err != nil || fmt.Sprint(got.Settings) != fmt.Sprint(test.want) {
			t.Errorf("%s: %v, want %v (%v)", name, got.Settings, test.want, err)
		}
	}
}

// The server reads its files once.
func TestChangedFilesRestartTheServer(t *testing.T) {
	seen := map[string]string{}
	for what, change := range map[string]func(*KeystoneAuthArgs){
		"nothing":         asItIs,
		"another address": func(a *KeystoneAuthArgs) { a.AuthURL = "https://other.example.com/v3" },
		"an authority":    func(a *KeystoneAuthArgs) { a.CACertificate = "pem" },
		"another project": func(a *KeystoneAuthArgs) { a.ProjectIDs = []string{"project-c"} },
	} {
		v, _, _ := run(t, change).Get(t, daemonType, name+"-daemon").Input(`spec.template.metadata.annotations["slipway/config-sha256"]`)
		if other, twice := seen[v.StringValue()]; twice || v.StringValue() == "" {
			t.Errorf("%s and %s have one digest %v", what, other, v)
		}
		seen[v.StringValue()] = what
	}
}

// Policies and API servers have to mean the same.
func TestTheWebhooksPath(t *testing.T) {
	for _, want := range []string{"package keystone\n", "\nreview := "} {
		if !strings.Contains(review, want) {
			t.Errorf("review.rego has no %q", want)
		}
	}
	if kubeadm.TokenWebhookPath != "/v0/data/keystone/review" || !strings.Contains(access, `input.path == ["v0", "data", "keystone", "review"]`) {
		t.Errorf("API servers ask for %s", kubeadm.TokenWebhookPath)
	}
	if !strings.Contains(review, `concat(":", ["keystone", "role", role.name])`) || rolePrefix != "keystone:role:" {
		t.Error("the groups of review.rego are not those that are bound")
	}
}

func TestRefusesWhatIsMissing(t *testing.T) {
	err := (&KeystoneAuthArgs{AuthURL: "https://keystone.example.com/v3"}).validate()
	const want = "ProjectIDs is required\nRoles is required\nCertificate is required\nKey is required\nAfter is required\nDeletedWith is required"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
