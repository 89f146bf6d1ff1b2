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

// The condition is the route controller's word that the route is there.
func TestWaitCloudWaitsForRoutesWhereThereAreSome(t *testing.T) {
	s := newControlPlane(t, `echo "$*" >>/var/log/asked; case "$*" in "get nodes"*) echo dev-w1 ;; esac`)
	for arguments, want := range map[string]bool{"": false, " routes": true} {
		s.write("/var/log/asked", "")
		if out, err := s.run(Command(WaitCloud)+arguments, "dev-w1\n"); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if asked := s.read("/var/log/asked"); strings.Contains(asked, "NetworkUnavailable") != want {
			t.Errorf("with%q it asks %s", arguments, asked)
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
// is being deleted, one without, and one that is another controller's. What the
// controller noted on them stays when their load balancer goes.
const services = `row() { printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$@"; }
none='<no value>' busy='[service.kubernetes.io/load-balancer-cleanup]'
case "$*" in
"get services"*) if [ -e /var/lib/broken ]; then echo "connection refused" >&2; exit 1; fi
  row kube-system dns ClusterIP "$none" "$none" ''
  row shop lan LoadBalancer metallb "$none" "$none"
  forgotten() { [ -s /var/log/forgotten ] && grep -q "$1" /var/log/forgotten; }
  id=1; ! forgotten web || id=$none
  if grep -q web /var/log/patched 2>/dev/null; then row default web ClusterIP "$none" "$none" "$id"; else row default web LoadBalancer "$none" "$busy" "$id"; fi
  id=2; ! forgotten cart || id=$none
  if [ "$(wc -l 2>/dev/null </var/log/patched)" -gt 3 ] 2>/dev/null; then row shop cart ClusterIP "$none" "$none" "$id"; else row shop cart ClusterIP "$none" "$busy" "$id"; fi ;;
*patch*) echo "$2 $5" >>/var/log/patched; if [ -e /var/lib/refused ]; then echo "Forbidden: may not" >&2; exit 1; fi ;;
*annotate*) echo "$*" >>/var/log/forgotten ;;
esac`

func TestReleaseBalancers(t *testing.T) {
	s := newControlPlane(t, services)
	out := s.must(ReleaseBalancers, "")
	if got := s.read("/var/log/patched"); !strings.HasPrefix(got, "default web\nshop cart\n") || strings.Contains(got, "dns") || strings.Contains(got, "lan") {
		t.Errorf("patched:\n%s", got)
	}
	const end = " loadbalancer.openstack.org/load-balancer-id- loadbalancer.openstack.org/load-balancer-address-\n"
	if got := s.read("/var/log/forgotten"); got != "--namespace default annotate service web --request-timeout 10s"+end+"--namespace shop annotate service cart --request-timeout 10s"+end {
		t.Errorf("annotated:\n%s", got)
	}
	if !strings.Contains(out, "the load balancers of 2 Services") || !strings.Contains(out, "no Service has a load balancer any more") {
		t.Error(out)
	}
}

// A run that was cut off after the load balancers were gone leaves the notes to the next.
func TestReleaseBalancersForgetsThoseOfAnEarlierRun(t *testing.T) {
	s := newControlPlane(t, services)
	s.write("/var/log/patched", "default web\nshop cart\ndefault web\nshop cart\n")
	s.must(ReleaseBalancers, "")
	if got := s.read("/var/log/forgotten"); strings.Count(got, "\n") != 2 || strings.Contains(got, "service lan") {
		t.Errorf("annotated:\n%s", got)
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

// A driver that goes while claims have volumes leaves them to nobody.
func TestCheckVolumes(t *testing.T) {
	for name, tt := range map[string]struct{ volumes, snapshots, want string }{
		"volumes":   {"pvc-1 of shop/cart\npvc-2\n", "", "the cluster still has volumes of Cinder: pvc-1 of shop/cart; pvc-2; look at kubectl get volumesnapshots"},
		"snapshots": {"pvc-1 of shop/cart\n", "content-1 of shop/cart\n", "the cluster still has snapshots of Cinder: content-1 of shop/cart, and volumes of Cinder: pvc-1 of shop/cart; look at kubectl get volumesnapshots"},
		"no answer": {"fail", "", "the API does not say whether there are volumes: connection refused"},
		"nothing":   {"", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newControlPlane(t, `case "$*" in
"get persistentvolumes"*'with .spec.csi}}'*'"cinder.csi.openstack.org"'*) grep -qx fail /var/lib/volumes && { echo "connection refused" >&2; exit 1; }; cat /var/lib/volumes ;;
"get volumesnapshotcontents"*'with .spec}}'*'"cinder.csi.openstack.org"'*) cat /var/lib/snapshots ;;
*) exit 1 ;;
esac`)
			s.shorten("check-volumes.sh", "wait_until 60 listed", "wait_until 0 listed")
			s.shorten("check-volumes.sh", "wait_until 60 gone", "wait_until 0 gone")
			s.write("/var/lib/volumes", tt.volumes)
			s.write("/var/lib/snapshots", tt.snapshots)
			out, err := s.run(Command(CheckVolumes), "")
			if (err != nil) != (tt.want != "") || !strings.Contains(out, tt.want) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
