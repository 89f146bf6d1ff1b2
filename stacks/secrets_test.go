package stacks

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/internal/nodetest"
	"slipway/internal/pulumitest"
)

// privateKeys returns every generated key in every form, by its resource's name.
func privateKeys(t *testing.T, r *pulumitest.Recorded) map[string][]string {
	t.Helper()
	keys := map[string][]string{}
	for _, res := range r.ByType(keyType) {
		for _, form := range []resource.PropertyKey{"privateKeyPem", "privateKeyOpenssh"} {
			keys[res.Name] = append(keys[res.Name], body(res.Outputs[form]))
		}
	}
	if len(keys) == 0 {
		t.Fatal("no key was generated")
	}
	return keys
}

// body is the line of a key that holds its secret half: it starts behind the
// middle, and lines survive re-indenting.
func body(v resource.PropertyValue) string {
	for v.IsSecret() {
		v = v.SecretValue().Element
	}
	lines := strings.Split(strings.TrimSpace(v.StringValue()), "\n")
	lines = lines[1 : len(lines)-1]
	return lines[len(lines)*3/4]
}

func bootstrapToken(t *testing.T, r *pulumitest.Recorded) string {
	t.Helper()
	token := strings.TrimSpace(nodetest.Files(t, r, "dev-cp1")["etc/bootstrap-token"])
	if token == "" {
		t.Fatal("the control plane has no bootstrap token")
	}
	return token
}

func TestSecrets(t *testing.T) {
	recorded := mustRun(t, "dev", shipped(t, "dev"))
	needles := []string{bootstrapToken(t, recorded)}
	for _, forms := range privateKeys(t, recorded) {
		needles = append(needles, forms...)
	}
	recorded.AssertNoPlainSecrets(t, needles...)
	recorded.AssertSecretOutput(t, "kubeconfig")
	for _, server := range recorded.ByType(instanceType) {
		recorded.AssertSecret(t, instanceType, server.Name, "userData")
	}
	for _, command := range recorded.ByType(commandType) {
		recorded.AssertSecret(t, commandType, command.Name, "connection")
		if strings.HasSuffix(command.Name, "-files") {
			recorded.AssertSecret(t, commandType, command.Name, "stdin")
		}
	}
}

// Nova keeps user data readable for everyone in the project: it may hold the
// machine's own host key and nothing else.
func TestUserDataHoldsTheHostKeyOnly(t *testing.T) {
	recorded := mustRun(t, "dev", shipped(t, "dev"))
	keys, token := privateKeys(t, recorded), bootstrapToken(t, recorded)
	for _, server := range recorded.ByType(instanceType) {
		data, own := text(t, server, "userData"), strings.TrimSuffix(server.Name, "-server")+"-hostkey"
		if strings.Contains(data, token) {
			t.Errorf("user data of %s holds the bootstrap token", server.Name)
		}
		for name, forms := range keys {
			held := strings.Contains(data, forms[0]) || strings.Contains(data, forms[1])
			if held != (name == own) {
				t.Errorf("user data of %s holds %s: %v", server.Name, name, held)
			}
		}
	}
}

// Whoever takes over a worker gets no key of the cluster.
func TestWorkersReceiveNoKey(t *testing.T) {
	recorded := mustRun(t, "dev", shipped(t, "dev"))
	for name, forms := range privateKeys(t, recorded) {
		held := map[string]bool{}
		for _, host := range []string{"dev-cp1", "dev-default-w1", "dev-default-w2"} {
			for _, content := range nodetest.Files(t, recorded, host) {
				held[host] = held[host] || strings.Contains(content, forms[0]) || strings.Contains(content, forms[1])
			}
		}
		// The login key, the administrator's, the seed and the host keys reach no node's files at all.
		shared := strings.HasSuffix(name, "ca-key") || strings.HasSuffix(name, "service-account-key")
		if held["dev-cp1"] != shared || held["dev-default-w1"] || held["dev-default-w2"] {
			t.Errorf("%s is among the files of %v", name, held)
		}
	}
}
