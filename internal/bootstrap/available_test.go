package bootstrap

import (
	"strings"
	"testing"
)

const waitsForTwo = ScriptDir + "/wait-available.sh space thing/a thing/b"

// newOperated is a control plane whose API shows two objects and a StatefulSet.
func newOperated(t *testing.T) *sandbox {
	s := newSandbox(t)
	s.install(sampleControlPlane(t))
	s.fake("kubectl", `echo "$*" >>/var/log/asked
case "$*" in
*" get thing/"*) all=$*; n=${all#* get }; cat "/var/lib/${n%% *}" ;;
*"get statefulsets"*) echo statefulset/a ;;
*"rollout status"*) [ -e /var/lib/rolled ] || { touch /var/lib/rolled; echo still rolling >&2; exit 1; } ;;
esac`)
	s.write("/var/lib/thing/a", "3 True/3 True/3")
	s.write("/var/lib/thing/b", "1 True/1 True/1")
	return s
}

// What was asked for before does not count, nor does what is not there yet.
func TestWaitsForWhatIsAskedNow(t *testing.T) {
	s := newOperated(t)
	if out, err := s.run(waitsForTwo, ""); err != nil || !strings.Contains(out, "available: thing/a thing/b") {
		t.Fatalf("%v\n%s", err, out)
	}
	if n := strings.Count(s.read("/var/log/asked"), "rollout status"); n != 2 {
		t.Errorf("the StatefulSet was asked about %d times, want until it was there", n)
	}
	for _, shown := range []string{"4 True/3 True/3", "3 False/3 True/3", "3 True/3 False/3", "3 / /"} {
		s := newOperated(t)
		s.shorten("wait-available.sh", "wait_until 300", "wait_until 1")
		s.write("/var/lib/thing/a", shown)
		if out, err := s.run(waitsForTwo, ""); err == nil || !strings.Contains(out, "thing/a (generation, reconciled, available): "+shown) {
			t.Errorf("%s: %v\n%s", shown, err, out)
		}
	}
}
