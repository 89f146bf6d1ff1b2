package bootstrap

import (
	"strings"
	"testing"
)

// newAdmitting is a control plane whose API server admits an object when it has
// been asked twice.
func newAdmitting(t *testing.T) *sandbox {
	s := newSandbox(t)
	s.install(sampleControlPlane(t))
	s.fake("kubectl", `echo "$* $(cat)" >>/var/log/asked
[ -e /var/lib/trusted ] || { touch /var/lib/trusted; echo certificate signed by unknown authority >&2; exit 1; }`)
	return s
}

func TestWaitsUntilAnObjectIsAdmitted(t *testing.T) {
	s := newAdmitting(t)
	if out, err := s.run(ScriptDir+"/wait-admitted.sh", "{}"); err != nil || !strings.Contains(out, ": admitted") {
		t.Fatalf("%v\n%s", err, out)
	}
	asked := s.read("/var/log/asked")
	if strings.Count(asked, "--dry-run=server --filename - {}") != 2 {
		t.Errorf("the API server was asked\n%s", asked)
	}
}

func TestSaysWhyNothingIsAdmitted(t *testing.T) {
	s := newAdmitting(t)
	s.shorten("wait-admitted.sh", "wait_until 180", "wait_until 0")
	out, err := s.run(ScriptDir+"/wait-admitted.sh", "{}")
	if err == nil || !strings.Contains(out, "not admitted: certificate signed by unknown authority") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := s.run(ScriptDir+"/wait-admitted.sh", ""); err == nil || !strings.Contains(out, "an object is needed") {
		t.Errorf("%v\n%s", err, out)
	}
}
