package policy

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

const (
	sshKey = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"
	pemKey = "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n"
)

func TestUserData(t *testing.T) {
	secret := func(text string) property.Value { return property.New(text).WithSecret(true) }
	for name, tt := range map[string]struct {
		data property.Value
		want string
	}{
		"nothing":           {property.Value{}, ""},
		"the host key":      {secret("#cloud-config\n" + sshKey), ""},
		"it in plain text":  {property.New("#cloud-config\n" + sshKey), "marked-secrets plain-user-data"},
		"two keys":          {secret(sshKey + sshKey), "plain-user-data"},
		"an authority's":    {secret(pemKey), "plain-user-data"},
		"a bootstrap token": {secret("kubeadm join --token abcdef.0123456789abcdef"), "plain-user-data"},
		"a kubeconfig":      {secret("users: [{user: {client-key-data: AAAA}}]"), "plain-user-data"},
	} {
		r := made(typeServer, map[string]property.Value{"userData": tt.data, "tags": texts("slipway-cluster=dev")})
		if got := broken(r, settings()); got != tt.want {
			t.Errorf("%s: breaks %q, want %q", name, got, tt.want)
		}
	}
}

// A mark covers all that is below it, and a key is found at any depth.
func TestMarkedSecrets(t *testing.T) {
	deep := func(v property.Value) property.Value {
		return property.New([]property.Value{property.New(map[string]property.Value{"data": v})})
	}
	for name, tt := range map[string]struct {
		value property.Value
		want  string
	}{
		"plain":           {deep(property.New(pemKey)), "marked-secrets"},
		"marked":          {deep(property.New(pemKey).WithSecret(true)), ""},
		"below a mark":    {deep(property.New(pemKey)).WithSecret(true), ""},
		"a public key":    {deep(property.New("ssh-ed25519 AAAA")), ""},
		"not known":       {deep(property.New(property.Computed)), ""},
		"a kubeconfig":    {deep(property.New("client-key-data: AAAA")), "marked-secrets"},
		"its certificate": {deep(property.New("client-certificate-data: AAAA")), ""},
	} {
		if got := broken(made("kubernetes:core/v1:Secret", map[string]property.Value{"list": tt.value}), settings()); got != tt.want {
			t.Errorf("%s: breaks %q, want %q", name, got, tt.want)
		}
	}
}

func TestCommands(t *testing.T) {
	connection := property.New(map[string]property.Value{"hostKey": property.New("ssh-ed25519 AAAA")}).WithSecret(true)
	for name, tt := range map[string]struct {
		key   string
		value property.Value
		want  string
	}{
		"a plain command":            {"create", property.New("sudo -n /opt/slipway/init.sh"), ""},
		"a secret one":               {"create", property.New("login hidden").WithSecret(true), "secrets-on-stdin"},
		"a key in one":               {"delete", property.New("echo '" + pemKey + "'"), "marked-secrets secrets-on-stdin"},
		"a plain environment":        {"environment", property.New(map[string]property.Value{"LANG": property.New("C")}), ""},
		"a secret environment":       {"environment", property.New(map[string]property.Value{"TOKEN": property.New("x").WithSecret(true)}), "secrets-on-stdin"},
		"a secret on standard input": {"stdin", property.New("hidden").WithSecret(true), ""},
	} {
		r := made(typeCommand, map[string]property.Value{"connection": connection, tt.key: tt.value})
		if got := broken(r, settings()); got != tt.want {
			t.Errorf("%s: breaks %q, want %q", name, got, tt.want)
		}
	}
}
