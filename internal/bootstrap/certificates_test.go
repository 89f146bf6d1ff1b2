package bootstrap

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"
)

const (
	renew = ScriptDir + "/renew-certificates.sh"
	day   = 24 * time.Hour
)

// certificate returns one that is valid for so long.
func certificate(t *testing.T, valid time.Duration) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-400 * day), NotAfter: time.Now().Add(valid)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func kubeconfig(cert string) string {
	return "users:\n- name: x\n  user:\n    client-certificate-data: " + base64.StdEncoding.EncodeToString([]byte(cert)) + "\n"
}

// newRenewal is a member whose certificates are good for 100 days.
func newRenewal(t *testing.T) *sandbox {
	s, _ := newMember(t)
	good := certificate(t, 100*day)
	for _, path := range []string{"apiserver.crt", "front-proxy-client.crt", "etcd/server.crt"} {
		s.write("/etc/kubernetes/pki/"+path, good)
	}
	// Authorities are not kubeadm's to renew.
	s.write("/etc/kubernetes/pki/ca.crt", certificate(t, day))
	for _, name := range []string{"admin", "controller-manager", "scheduler"} {
		s.write("/etc/kubernetes/"+name+".conf", kubeconfig(good))
	}
	for _, name := range []string{"etcd", "kube-controller-manager", "kube-scheduler"} {
		s.write("/etc/kubernetes/manifests/"+name+".yaml", "")
	}
	s.fake("curl", "exit 0")
	s.fake("etcdctl", "exit 0")
	s.write("/var/lib/good", good)
	s.fake("kubeadm", `echo "$* " >>/var/log/renewals; find /etc/kubernetes/pki -name '*.crt' -exec cp /var/lib/good {} \;`)
	s.write("/var/log/renewals", "")
	s.write("/var/log/turns", "")
	s.fake("kubectl", `echo "$1" >>/var/log/turns; case "$1" in
create) [ ! -e /var/lib/turn ] && echo "dev-cp1 $(date +%s)" >/var/lib/turn ;;
get) cat /var/lib/turn ;;
delete) rm /var/lib/turn ;;
esac`)
	return s
}

// renewed runs the script and reports whether it renewed the certificates.
func (s *sandbox) renewed() bool {
	s.t.Helper()
	if out, err := s.run(renew, ""); err != nil {
		s.t.Fatalf("%v\n%s", err, out)
	}
	return s.read("/var/log/renewals") != ""
}

func TestCertificatesThatAreGoodStay(t *testing.T) {
	s := newRenewal(t)
	if s.renewed() || s.read("/var/log/killed") != "" || s.read("/var/log/turns") != "" {
		t.Errorf("renewed: %s", s.read("/var/log/renewals"))
	}
}

func TestCertificatesAreRenewed(t *testing.T) {
	for _, path := range []string{"/etc/kubernetes/pki/etcd/server.crt", "/etc/kubernetes/pki/apiserver.crt", "/etc/kubernetes/scheduler.conf"} {
		s := newRenewal(t)
		old := certificate(t, 59*day)
		if strings.HasSuffix(path, ".conf") {
			old = kubeconfig(old)
		}
		s.write(path, old)
		if !s.renewed() || s.read("/var/log/renewals") != "certs renew all --config /etc/slipway/kubeadm.yaml \n" {
			t.Errorf("%s: renewed: %s", path, s.read("/var/log/renewals"))
		}
		if got := strings.Fields(s.read("/var/log/killed")); strings.Join(got, " ") != "etcd kube-apiserver kube-controller-manager kube-scheduler" {
			t.Errorf("%s: restarted %s", path, got)
		}
		if s.exists("/var/lib/turn") {
			t.Error("the other nodes would have to wait")
		}
	}
}

func TestCertificatesWaitForTheirTurn(t *testing.T) {
	for name, test := range map[string]struct {
		holder string
		since  time.Duration
		want   bool
	}{
		"another node is at it": {"dev-cp2", time.Hour, false},
		"another node died":     {"dev-cp2", 25 * time.Hour, true},
		"this node was cut":     {"dev-cp1", time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newRenewal(t)
			s.write("/etc/kubernetes/pki/apiserver.crt", certificate(t, 59*day))
			s.write("/var/lib/turn", fmt.Sprintf("%s %d\n", test.holder, time.Now().Add(-test.since).Unix()))
			if got := s.renewed(); got != test.want {
				t.Errorf("renewed = %v, want %v", got, test.want)
			}
		})
	}
}

func TestCertificatesAreNotRenewedWhileEtcdIsIll(t *testing.T) {
	s := newRenewal(t)
	s.write("/etc/kubernetes/pki/apiserver.crt", certificate(t, 59*day))
	s.fake("etcdctl", `case "$*" in *--cluster) exit 1 ;; esac`)
	s.shorten("renew-certificates.sh", "wait_until 300", "wait_until 0")
	out, err := s.run(renew, "")
	if err == nil || !strings.Contains(out, "so nothing is restarted") || s.read("/var/log/renewals") != "" || s.read("/var/log/killed") != "" {
		t.Errorf("%v\n%s", err, out)
	}
}

// With expired certificates the API is out of reach, so nobody can be asked.
func TestCertificatesThatExpiredAreRenewedAllTheSame(t *testing.T) {
	s := newRenewal(t)
	s.write("/etc/kubernetes/pki/apiserver.crt", certificate(t, -day))
	s.fake("kubectl", "exit 1")
	if !s.renewed() || len(strings.Fields(s.read("/var/log/killed"))) != 4 {
		t.Errorf("restarted %s", s.read("/var/log/killed"))
	}
}

// A run that was cut after the renewal must not forget the restarts.
func TestCertificatesRestartsAfterACut(t *testing.T) {
	s := newRenewal(t)
	s.write("/var/lib/slipway/certificates.renewed", "")
	if s.renewed() || len(strings.Fields(s.read("/var/log/killed"))) != 4 {
		t.Errorf("restarted %s, renewed %s", s.read("/var/log/killed"), s.read("/var/log/renewals"))
	}
}

func TestCertificatesOfDedicatedEtcd(t *testing.T) {
	s := newRenewal(t)
	s.write("/etc/slipway/etcd-client.yaml", "")
	s.write("/etc/kubernetes/pki/apiserver-etcd-client.crt", certificate(t, 59*day))
	if want := "certs renew all --config /etc/slipway/kubeadm.yaml \ncerts renew apiserver-etcd-client --config /etc/slipway/etcd-client.yaml \n"; !s.renewed() || s.read("/var/log/renewals") != want {
		t.Errorf("renewed: %s", s.read("/var/log/renewals"))
	}
}
