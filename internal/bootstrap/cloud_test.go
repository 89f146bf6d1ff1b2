package bootstrap

import (
	"strings"
	"testing"
)

func TestWaitCloud(t *testing.T) {
	// Each round the cloud has told about one more node.
	s := newControlPlane(t, `case "$*" in "get nodes"*) n=$(cat /run/round 2>/dev/null || echo 0); echo $((n + 1)) >/run/round
[ "$n" -lt 1 ] || echo dev-cp1; [ "$n" -lt 2 ] || echo dev-w1 ;; esac`)
	out := s.must(WaitCloud, "dev-cp1\ndev-w1\n")
	for _, want := range []string{"waiting for the cloud to tell about dev-cp1 dev-w1\n", "waiting for the cloud to tell about dev-w1\n", "the cloud has told about 2 nodes"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
}

func TestWaitCloudSaysWhatIsMissing(t *testing.T) {
	for name, test := range map[string]struct{ kubectl, want string }{
		"a node":  {`case "$*" in "get nodes"*) echo dev-cp1 ;; *logs*) echo "401 from Keystone" ;; esac`, "has not told about dev-w1; look at"},
		"the API": {`case "$*" in "get nodes"*) echo "connection refused" >&2; exit 1 ;; *logs*) echo "401 from Keystone" ;; esac`, "has not told about the API: connection refused"},
	} {
		s := newControlPlane(t, test.kubectl)
		s.shorten("wait-cloud.sh", "wait_until 300 told", "wait_until 0 told")
		out, err := s.run(Command(WaitCloud), "dev-cp1\ndev-w1\n")
		if err == nil || !strings.Contains(out, test.want) || !strings.Contains(out, "401 from Keystone") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// services is a cluster with two Services that have load balancers, of which one
// is being deleted, one without, and one that is another controller's.
const services = `case "$*" in
"get services"*) if [ -e /var/lib/broken ]; then echo "connection refused" >&2; exit 1; fi
  printf 'kube-system\tdns\tClusterIP\t<no value>\t<no value>\nshop\tlan\tLoadBalancer\tmetallb\t<no value>\n'
  grep -q web /var/log/patched 2>/dev/null || printf 'default\tweb\tLoadBalancer\t<no value>\t[service.kubernetes.io/load-balancer-cleanup]\n'
  [ "$(wc -l 2>/dev/null </var/log/patched)" -gt 3 ] 2>/dev/null || printf 'shop\tcart\tClusterIP\t<no value>\t[service.kubernetes.io/load-balancer-cleanup]\n' ;;
*patch*) echo "$2 $5" >>/var/log/patched; if [ -e /var/lib/refused ]; then echo "Forbidden: may not" >&2; exit 1; fi ;;
esac`

func TestReleaseBalancers(t *testing.T) {
	s := newControlPlane(t, services)
	out := s.must(ReleaseBalancers, "")
	if got := s.read("/var/log/patched"); !strings.HasPrefix(got, "default web\nshop cart\n") || strings.Contains(got, "dns") || strings.Contains(got, "lan") {
		t.Errorf("patched:\n%s", got)
	}
	if !strings.Contains(out, "the load balancers of 2 Services") || !strings.Contains(out, "no Service has a load balancer any more") {
		t.Error(out)
	}
}

func TestReleaseBalancersNamesWhatStays(t *testing.T) {
	s := newControlPlane(t, services)
	s.write("/var/lib/refused", "")
	s.shorten("release-balancers.sh", "wait_until 600 released", "wait_until 0 released")
	if out, err := s.run(Command(ReleaseBalancers), ""); err == nil || !strings.Contains(out, "still have load balancers: default/web shop/cart Forbidden: may not") {
		t.Errorf("%v\n%s", err, out)
	}
}

// A broken cluster can be destroyed; that something may be left is said.
func TestReleaseBalancersOfABrokenCluster(t *testing.T) {
	s := newControlPlane(t, services)
	s.write("/var/lib/broken", "")
	s.shorten("release-balancers.sh", "wait_until 120 found", "wait_until 0 found")
	if out, err := s.run(Command(ReleaseBalancers), ""); err != nil || !strings.Contains(out, "WARNING: the API does not answer (connection refused)") || s.exists("/var/log/patched") {
		t.Errorf("%v\n%s", err, out)
	}
}
