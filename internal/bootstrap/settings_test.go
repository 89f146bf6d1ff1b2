package bootstrap

import (
	"os"
	"strings"
	"testing"
)

// fakeContainers is a ctr whose containers are replaced when they are killed.
const fakeContainers = `n=$(cat /run/started 2>/dev/null || echo 1)
case "$3 $4" in
"tasks list") printf 'TASK PID STATUS\nold 0 STOPPED\nrun%s 12 RUNNING\nother 13 RUNNING\n' "$n" ;;
"containers list") printf 'old\nrun%s\n' "$n"; sed -E 's/.*name"==([a-z-]+)-dev.*/\1/' <<<"$6" >/run/asked ;;
"tasks kill") [ "$6 $7" = "$(cat /run/obeys 2>/dev/null || echo SIGTERM) run$n" ] && echo "$(cat /run/asked)" >>/var/log/killed && echo $((n + 1)) >/run/started ;;
esac`

// newMember is a control plane that was made with a first generation of keys.
func newMember(t *testing.T) (*sandbox, Params) {
	p := sampleControlPlane(t)
	s := newNode(t, p, "exit 0")
	s.must(Init, "")
	s.write("/etc/kubernetes/manifests/kube-apiserver.yaml", "    kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: 10.0.0.10:6443\n")
	s.fake("curl", `[ "${*: -1}" = https://10.0.0.10:6443/readyz ] && [ -e /var/lib/ready ]`)
	s.write("/var/lib/ready", "")
	s.fake("ctr", fakeContainers)
	s.fake("kubectl", `case "$*" in
"get configmap"*) cat /var/lib/generation ;;
"get --raw /metrics --server https://10.0.0.10:6443"*) echo "apiserver_encryption_config_controller_last_config_info{hash=\"sha256:$(cat /var/lib/loaded 2>/dev/null || sha256sum </etc/kubernetes/apiserver/encryption.yaml | cut -d ' ' -f 1)\"} 1" ;;
esac`)
	s.write("/var/lib/generation", "")
	s.write("/var/log/killed", "")
	return s, p
}

func TestInitPlacesTheSettings(t *testing.T) {
	s, p := newMember(t)
	for _, name := range []string{"encryption.yaml", "audit-policy.yaml"} {
		info, err := os.Stat(s.path("/etc/kubernetes/apiserver/" + name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if s.read("/etc/kubernetes/apiserver/encryption.yaml") != p.Keys.Encryption {
		t.Error("the API server encrypts otherwise")
	}
	// They are in force from the start.
	s.must(Settings, "")
	if got := s.read("/var/log/killed"); got != "" {
		t.Errorf("restarted %s", got)
	}
}

func TestSettingsRestartsForAnotherAuditPolicyOnce(t *testing.T) {
	s, _ := newMember(t)
	s.write("/etc/slipway/apiserver/audit-policy.yaml", "another\n")
	s.must(Settings, "")
	s.must(Settings, "")
	if got := s.read("/var/log/killed"); got != "kube-apiserver\n" || s.read("/etc/kubernetes/apiserver/audit-policy.yaml") != "another\n" {
		t.Errorf("restarted %q", got)
	}
}

func TestSettingsRestartsAServerThatHangs(t *testing.T) {
	s, _ := newMember(t)
	s.write("/etc/slipway/apiserver/audit-policy.yaml", "another\n")
	s.write("/run/obeys", "SIGKILL")
	s.shorten("restart.sh", "wait_until 30 ended", "wait_until 0 ended")
	s.must(Settings, "")
	if got := s.read("/var/log/killed"); got != "kube-apiserver\n" {
		t.Errorf("restarted %q", got)
	}
}

// A run that was cut after the policy was in place must not forget the restart.
func TestSettingsRestartsAfterACut(t *testing.T) {
	s, _ := newMember(t)
	s.write("/etc/slipway/apiserver/audit-policy.yaml", "another\n")
	s.write("/etc/kubernetes/apiserver/audit-policy.yaml", "another\n")
	s.must(Settings, "")
	if got := s.read("/var/log/killed"); got != "kube-apiserver\n" {
		t.Errorf("restarted %q", got)
	}
}

// kubeadmPhases is a kubeadm that writes the API server's manifest as the
// configuration wants it, for which the kubelet starts another container.
const kubeadmPhases = `echo "$*" >>/var/log/phases
[ "$3" = upload-config ] && exit
flag=$(grep -o -e --authentication-token-webhook-config-file=x /etc/slipway/kubeadm.yaml)
sed -i '/webhook/d' /etc/kubernetes/manifests/kube-apiserver.yaml
echo "    - $flag" | grep webhook >>/etc/kubernetes/manifests/kube-apiserver.yaml
echo $(($(cat /run/started 2>/dev/null || echo 1) + 1)) >/run/started`

const webhookPhases = "init phase upload-config kubeadm --config /etc/slipway/kubeadm.yaml\n" +
	"init phase control-plane apiserver --config /etc/slipway/kubeadm.yaml\n"

// withWebhook is a member that is to have, or not to have, a webhook for tokens.
func withWebhook(t *testing.T) (s *sandbox, set func(on bool)) {
	s, p := newMember(t)
	manifest := "/etc/kubernetes/manifests/kube-apiserver.yaml"
	s.write(manifest, s.read(manifest)+"    image: registry.k8s.io/kube-apiserver:v1.36.3\n")
	s.fake("kubeadm", kubeadmPhases)
	s.write("/var/log/phases", "")
	return s, func(on bool) {
		t.Helper()
		p.Kubeadm, p.TokenWebhook = "kind: InitConfiguration\nkubernetesVersion: v1.36.3\n", ""
		if on {
			p.Kubeadm, p.TokenWebhook = p.Kubeadm+"# --authentication-token-webhook-config-file=x\n", "kind: Config\n"
		}
		s.install(p)
	}
}

const webhookFile = "/etc/kubernetes/apiserver/token-webhook.yaml"

func TestSettingsTurnsTheWebhookOnAndOff(t *testing.T) {
	s, set := withWebhook(t)
	set(true)
	s.must(Settings, "")
	s.must(Settings, "")
	if s.read("/var/log/phases") != webhookPhases || s.read(webhookFile) != "kind: Config\n" || s.read("/var/log/killed") != "" {
		t.Errorf("on: %s, restarted %q", s.read("/var/log/phases"), s.read("/var/log/killed"))
	}
	set(false)
	s.must(Settings, "")
	s.must(Settings, "")
	if s.read("/var/log/phases") != webhookPhases+webhookPhases || s.exists(webhookFile) || s.read("/var/log/killed") != "" {
		t.Errorf("off: %s, restarted %q", s.read("/var/log/phases"), s.read("/var/log/killed"))
	}
}

// The API server reads whom to ask only when it starts.
func TestSettingsRestartsForAnotherWebhook(t *testing.T) {
	s, set := withWebhook(t)
	set(true)
	s.must(Settings, "")
	s.write("/etc/slipway/apiserver/token-webhook.yaml", "another\n")
	s.must(Settings, "")
	s.must(Settings, "")
	if s.read("/var/log/phases") != webhookPhases || s.read("/var/log/killed") != "kube-apiserver\n" || s.read(webhookFile) != "another\n" {
		t.Errorf("%s, restarted %q", s.read("/var/log/phases"), s.read("/var/log/killed"))
	}
}

// A run that was cut after the manifest was written must not do it again, nor
// leave the file of a webhook that is off.
func TestSettingsTurnsTheWebhookOffAfterACut(t *testing.T) {
	s, set := withWebhook(t)
	set(true)
	s.must(Settings, "")
	set(false)
	if out, err := s.run("kubeadm init phase control-plane apiserver", ""); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s.write("/var/log/phases", "")
	s.must(Settings, "")
	if s.read("/var/log/phases") != "" || s.exists(webhookFile) {
		t.Errorf("%s, the file is there: %v", s.read("/var/log/phases"), s.exists(webhookFile))
	}
}

// kubeadm would make it an upgrade, of this API server alone.
func TestSettingsChangesTheWebhookWithoutAnUpgrade(t *testing.T) {
	s, set := withWebhook(t)
	set(true)
	s.write("/etc/slipway/kubeadm.yaml", "kubernetesVersion: v1.36.4\n")
	out, err := s.run(Command(Settings), "")
	if err == nil || !strings.Contains(out, "cannot change together with the release of Kubernetes") || s.read("/var/log/phases") != "" {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestSettingsRotatesKeysWithoutARestart(t *testing.T) {
	s, p := newMember(t)
	for generation := 2; generation <= 3; generation++ {
		p.Keys.Encryption = encryption(t, generation)
		s.install(p)
		s.must(Settings, "")
		if s.read("/etc/kubernetes/apiserver/encryption.yaml") != p.Keys.Encryption || s.read("/var/log/killed") != "" {
			t.Errorf("generation %d: restarted %q", generation, s.read("/var/log/killed"))
		}
		s.write("/var/lib/generation", "2") // reencrypt.sh
	}
}

func TestSettingsWaitsForTheKeys(t *testing.T) {
	s, p := newMember(t)
	p.Keys.Encryption = encryption(t, 2)
	s.install(p)
	s.write("/var/lib/loaded", "0123")
	s.shorten("settings.sh", "wait_until 180 keys_loaded", "wait_until 0 keys_loaded")
	if out, err := s.run(Command(Settings), ""); err == nil || !strings.Contains(out, "the API server did not take the encryption keys") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestSettingsRefusesKeys with which stored Secrets could not be read.
func TestSettingsRefusesKeys(t *testing.T) {
	for name, test := range map[string]struct {
		encryption func(*testing.T) string
		want       string
	}{
		"of another seed": {func(t *testing.T) string { return strings.Replace(encryption(t, 1), "secret: ", "secret: x", 1) },
			"derived from another seed"},
		"two generations on": {func(t *testing.T) string { return encryption(t, 3) },
			"Secrets may still need the key of generation 1, and generation 3 does not know it"},
	} {
		t.Run(name, func(t *testing.T) {
			s, p := newMember(t)
			before := p.Keys.Encryption
			p.Keys.Encryption = test.encryption(t)
			s.install(p)
			out, err := s.run(Command(Settings), "")
			if err == nil || !strings.Contains(out, test.want) || s.read("/etc/kubernetes/apiserver/encryption.yaml") != before {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	t.Run("before all was encrypted anew", func(t *testing.T) {
		s, p := newMember(t)
		p.Keys.Encryption = encryption(t, 2)
		s.install(p)
		s.must(Settings, "")
		p.Keys.Encryption = encryption(t, 3)
		s.install(p)
		if out, err := s.run(Command(Settings), ""); err == nil || !strings.Contains(out, "and only when all Secrets were encrypted anew") {
			t.Errorf("%v\n%s", err, out)
		}
	})
}

// newReencrypt is a control plane with Secrets in three namespaces, one empty.
func newReencrypt(t *testing.T, replaceFails string) *sandbox {
	s := newControlPlane(t, `case "$*" in
"get configmap"*) cat /var/lib/generation ;;
"get namespaces"*) printf 'namespace/default\nnamespace/empty\nnamespace/kube-system\n' ;;
"get secrets --namespace empty"*) echo '{"items": []}' ;;
"get secrets --namespace"*) echo "{\"items\": [\"needle of $4\"]}" ;;
replace*) text=$(cat); case $text in *needle*) echo "$text" >>/var/lib/replaced; echo secret/x replaced ;; *) echo 'error: no objects passed to replace' >&2; exit 1 ;; esac
  `+replaceFails+` ;;
"create configmap"*) echo "$*" ;;
apply*) sed -E 's/.*generation=([0-9]+).*/\1/' >/var/lib/generation ;;
esac`)
	s.write("/var/lib/generation", "")
	p := sampleControlPlane(t)
	p.Keys.Encryption = encryption(t, 2)
	s.install(p)
	return s
}

// A cluster starts with the first key, so nothing was stored with another.
func TestReencryptOfANewCluster(t *testing.T) {
	s := newReencrypt(t, "")
	s.install(sampleControlPlane(t))
	if out := s.must(Reencrypt, ""); !strings.Contains(out, "all Secrets are encrypted with the key of generation 1") {
		t.Error(out)
	}
	if got := s.read("/var/lib/generation"); got != "" {
		t.Errorf("noted generation %s", got)
	}
}

func TestReencrypt(t *testing.T) {
	s := newReencrypt(t, `case $text in *default*) echo 'Error from server (Conflict): error when replacing "STDIN"' >&2; exit 1 ;; esac`)
	out := s.must(Reencrypt, "")
	if got := s.read("/var/lib/replaced"); strings.Count(got, "needle") != 2 || s.read("/var/lib/generation") != "2\n" {
		t.Errorf("replaced %q, generation %s\n%s", got, s.read("/var/lib/generation"), out)
	}
	if log := s.read("/var/log/slipway/reencrypt.log"); strings.Contains(out+log, "needle") {
		t.Errorf("a Secret shows:\n%s\n%s", out, log)
	}
	s.must(Reencrypt, "")
	if got := s.read("/var/lib/replaced"); strings.Count(got, "needle") != 2 {
		t.Errorf("a second run did it again: %q", got)
	}
}

func TestReencryptFails(t *testing.T) {
	s := newReencrypt(t, `echo 'Error from server (Forbidden): secrets "x" is forbidden' >&2; exit 1`)
	out, err := s.run(Command(Reencrypt), "")
	if err == nil || !strings.Contains(out, `not all Secrets of default could be stored: Error from server (Forbidden): secrets "x" is forbidden`) || s.read("/var/lib/generation") != "" {
		t.Errorf("%v\n%s", err, out)
	}
}
