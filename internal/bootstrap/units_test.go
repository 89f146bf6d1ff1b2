package bootstrap

import (
	"os/exec"
	"strings"
	"testing"
)

const installUnits = ". " + ScriptDir + "/step.sh prepare; . " + ScriptDir + "/runtime.sh; install_units"

func TestTimersAreStarted(t *testing.T) {
	for name, test := range map[string]struct {
		params Params
		want   string
	}{
		"control plane": {sampleControlPlane(t), "slipway-approve-kubelets slipway-certificates slipway-etcd-snapshot"},
		"etcd":          {sampleEtcd(t), "slipway-certificates slipway-etcd-snapshot"},
		"worker":        {sampleWorker(t), ""},
	} {
		s := newSandbox(t)
		s.install(test.params)
		s.fake("systemctl", `echo "$*" >>/var/log/systemctl`)
		if out, err := s.run(installUnits, ""); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		for _, action := range []string{"--quiet --no-reload enable ", "restart "} {
			var got []string
			for _, line := range strings.Split(s.read("/var/log/systemctl"), "\n") {
				units, _ := strings.CutPrefix(line, action)
				for _, unit := range strings.Fields(units) {
					if timer, ok := strings.CutSuffix(unit, ".timer"); ok && units != line {
						got = append(got, timer)
					}
				}
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("%s: %s%v, want %s", name, action, got, test.want)
			}
		}
	}
}

// TestSystemdAcceptsTheUnits asks the real tool.
func TestSystemdAcceptsTheUnits(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	for name, p := range map[string]Params{"control plane": sampleControlPlane(t), "etcd": sampleEtcd(t)} {
		s := newSandbox(t)
		s.install(p)
		for _, program := range []string{"systemctl", "containerd", "kubelet"} {
			s.fake(program, "")
		}
		out, err := s.run(installUnits+"; cd /etc/systemd/system && systemd-analyze verify ./*.service ./*.timer", "")
		if err != nil || strings.Contains(out, "/etc/systemd/system/") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
