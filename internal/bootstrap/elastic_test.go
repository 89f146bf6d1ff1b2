package bootstrap

import (
	"strings"
	"testing"
)

const waitsForElastic = ScriptDir + "/wait-elastic.sh space thing/a thing/b"

// newElastic is a control plane whose API shows two objects of ECK. The second gets
// well after it was asked about once.
func newElastic(t *testing.T) *sandbox {
	s := newSandbox(t)
	s.install(sampleControlPlane(t))
	s.fake("kubectl", `case "$*" in
*" get thing/a "*) cat /var/lib/a ;;
*" get thing/b "*) if [ -e /var/lib/asked ]; then echo "1 1 green"; else touch /var/lib/asked; echo "1 1 yellow"; fi ;;
esac`)
	s.write("/var/lib/a", "3 3 green")
	return s
}

// Health of what was asked for before does not count.
func TestWaitsForHealth(t *testing.T) {
	s := newElastic(t)
	out, err := s.run(waitsForElastic, "")
	if err != nil || !strings.Contains(out, "thing/b (generation, observed, health): 1 1 yellow") || !strings.Contains(out, "healthy: thing/a thing/b") {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, shown := range []string{"4 3 green", "3 3 red", "3 3 ", "3  "} {
		s := newElastic(t)
		s.shorten("wait-elastic.sh", "wait_until 1200", "wait_until 1")
		s.write("/var/lib/a", shown)
		if out, err := s.run(waitsForElastic, ""); err == nil || !strings.Contains(out, "not healthy: thing/a (generation, observed, health): "+shown) {
			t.Errorf("%s: %v\n%s", shown, err, out)
		}
	}
}
