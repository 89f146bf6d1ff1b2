package controlplane

import (
	"crypto/tls"
	"crypto/x509"
	"slices"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"slipway/internal/nodetest"
)

// administrator is what the tests read of a kubeconfig.
type administrator struct {
	Clusters []struct {
		Cluster struct {
			Server string `json:"server"`
			CA     []byte `json:"certificate-authority-data"`
		} `json:"cluster"`
	} `json:"clusters"`
	Users []struct {
		User struct {
			Cert []byte `json:"client-certificate-data"`
			Key  []byte `json:"client-key-data"`
		} `json:"user"`
	} `json:"users"`
}

func TestKubeconfig(t *testing.T) {
	recorded := run(t, single, nil)
	recorded.AssertSecretOutput(t, "kubeconfig")
	var admin administrator
	if err := yaml.Unmarshal([]byte(recorded.Outputs["kubeconfig"].SecretValue().Element.StringValue()), &admin); err != nil {
		t.Fatal(err)
	}
	cluster, user := admin.Clusters[0].Cluster, admin.Users[0].User
	if cluster.Server != "https://172.24.4.10:6443" {
		t.Errorf("server = %s, want the address for clients", cluster.Server)
	}
	if ca := nodetest.Files(t, recorded, "demo-cp1")["etc/pki/ca.crt"]; string(cluster.CA) != ca {
		t.Errorf("the kubeconfig trusts\n%s, but the API server's authority is\n%s", cluster.CA, ca)
	}
	pair, err := tls.X509KeyPair(user.Cert, user.Key)
	if err != nil {
		t.Fatalf("certificate and key of the administrator: %v", err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cluster.CA)
	valid := pair.Leaf.NotBefore.Add(time.Hour)
	if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: valid, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err != nil {
		t.Errorf("the API server would refuse the administrator: %v", err)
	}
	// kubeadm's own group: unlike system:masters it is bound by RBAC and can be revoked.
	if name := pair.Leaf.Subject; name.CommonName != "kubernetes-admin" || !slices.Equal(name.Organization, []string{"kubeadm:cluster-admins"}) {
		t.Errorf("the administrator is %v", name)
	}
}

// Each authority signs with a key of its own: whoever holds etcd's must not be
// able to make an administrator.
func TestAuthoritiesAreApart(t *testing.T) {
	recorded := run(t, single, nil)
	authorities := recorded.ByType("tls:index/selfSignedCert:SelfSignedCert")
	if len(authorities) != 3 {
		t.Errorf("%d authorities, want 3", len(authorities))
	}
	keys := map[string]string{}
	for _, a := range authorities {
		recorded.AssertSecret(t, a.Type, a.Name, "privateKeyPem")
		key, _, _ := a.Input("privateKeyPem")
		if other, taken := keys[key.StringValue()]; taken {
			t.Errorf("%s and %s share a key", a.Name, other)
		}
		keys[key.StringValue()] = a.Name
		if ca, _, _ := a.Input("isCaCertificate"); !ca.IsBool() || !ca.BoolValue() {
			t.Errorf("%s may not sign", a.Name)
		}
	}
}
