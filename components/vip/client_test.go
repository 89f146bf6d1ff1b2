package vip

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"testing"
	"time"
)

// authority signs the certificate of the test's API servers.
func authority(t *testing.T, addresses ...netip.Addr) (ca string, serving tls.Certificate) {
	t.Helper()
	now := time.Now()
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "kubernetes"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "kube-apiserver"}, NotBefore: root.NotBefore, NotAfter: root.NotAfter,
		DNSNames: []string{"kubernetes"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	for _, a := range addresses {
		leaf.IPAddresses = append(leaf.IPAddresses, a.AsSlice())
	}
	rootKey, leafKey := newKey(t), newKey(t)
	rootDER := sign(t, root, root, rootKey, rootKey)
	serving = tls.Certificate{Certificate: [][]byte{sign(t, leaf, root, leafKey, rootKey)}, PrivateKey: leafKey}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: rootDER})), serving
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t *testing.T, cert, parent *x509.Certificate, key, by *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, cert, parent, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// answer is an API server that works.
func answer(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) }

// answerChecks is one that says it is ready, and is not yet: it answers HAProxy alone.
func answerChecks(w http.ResponseWriter, r *http.Request) {
	if r.Host != "kubernetes" {
		<-r.Context().Done()
	}
	answer(w, r)
}

// serveAPI is an API server at an address until it is closed.
func serveAPI(t *testing.T, at string, cert tls.Certificate, how http.HandlerFunc) *http.Server {
	t.Helper()
	listener, err := net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{
		Handler:   how,
		ErrorLog:  log.New(io.Discard, "", 0), // of connections that the test cuts
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{cert}},
	}
	go func() { _ = s.ServeTLS(listener, "", "") }()
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// client asks the API every 100 ms on a new connection and remembers the
// longest time without an answer.
type client struct {
	mu   sync.Mutex
	last time.Time
	gap  time.Duration
	all  int // answers
}

func newClient(t *testing.T, url, ca string) *client {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(ca)) {
		t.Fatal("no certificate")
	}
	c := &client{last: time.Now()}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}
	ticker, done := time.NewTicker(100*time.Millisecond), make(chan struct{})
	t.Cleanup(func() { ticker.Stop(); close(done) })
	go func() {
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				go c.ask(&http.Client{Transport: transport, Timeout: 2 * time.Second}, url)
			}
		}
	}()
	return c
}

func (c *client) ask(http *http.Client, url string) {
	response, err := http.Get(url)
	if err != nil {
		return
	}
	_ = response.Body.Close()
	if response.StatusCode != 200 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gap, c.last = max(c.gap, time.Since(c.last)), time.Now()
	c.all++
}

// longest returns the longest gap since the last call, and starts over.
func (c *client) longest() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	gap := max(c.gap, time.Since(c.last))
	c.gap = 0
	return gap
}

// answeredAfter tells whether there was an answer after a time.
func (c *client) answeredAfter(when time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last.After(when)
}

// answers is how many there were.
func (c *client) answers() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all
}
