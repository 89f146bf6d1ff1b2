package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// hostKeyPEM and caKeyPEM look like keys; nothing was ever encrypted with them.
var (
	hostKeyPEM = fakeKey("OPENSSH PRIVATE KEY", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW", "aG9zdGtleSBob3N0a2V5IGhvc3RrZXkgaG9zdGtleSBob3N0a2V5IGhvc3RrZXkgaG9zdG")
	caKeyPEM   = fakeKey("EC PRIVATE KEY", "Y2FrZXkgY2FrZXkgY2FrZXkgY2FrZXkgY2FrZXkgY2FrZXkgY2FrZXkgY2FrZXkg", "Y2EtYnl0ZXMgY2EtYnl0ZXMgY2EtYnl0ZXMgY2EtYnl0ZXMgY2EtYnl0ZXMgY2E=")
)

const token = "abcdef.0123456789abcdef"

func fakeKey(kind string, lines ...string) string {
	return "-----BEGIN " + kind + "-----\n" + strings.Join(lines, "\n") + "\n-----END " + kind + "-----\n"
}

// deployment is an export with secrets shown: a host key, an authority, a
// server that uses the former, and a command with a token among other text.
func deployment() []byte {
	secret := func(text string) string {
		return fmt.Sprintf(`{%q: "1b47061264138c4ac30d75fd1eb44270", "plaintext": %q}`, secretMark, fmt.Sprintf("%q", text))
	}
	return []byte(`{"version": 3, "deployment": {"resources": [
		{"urn": "urn:pulumi:dev::slipway::openstack:compute/instance:Instance::dev-cp1-server", "inputs": {"userData": ` + secret(hostKeyPEM) + `, "name": "public ` + token[:7] + `"}},
		{"urn": "urn:pulumi:dev::slipway::tls:index/privateKey:PrivateKey::dev-cp1-hostkey", "outputs": {"privateKeyOpenssh": ` + secret(hostKeyPEM) + `}},
		{"urn": "urn:pulumi:dev::slipway::tls:index/privateKey:PrivateKey::dev-ca-key", "outputs": {"privateKeyPem": ` + secret(caKeyPEM) + `}},
		{"urn": "urn:pulumi:dev::slipway::command:remote:Command::dev-w1-files", "inputs": {"stdin": ` + secret(archive()) + `}}
	]}}`)
}

// archive packs a file with the token as nodes receive it.
func archive() string {
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	files := tar.NewWriter(zipped)
	content := "bootstrapToken:\n  token: " + token + "\n"
	err := errors.Join(
		files.WriteHeader(&tar.Header{Name: "etc/kubeadm.yaml", Mode: 0o600, Size: int64(len(content))}),
		func() error { _, err := files.Write([]byte(content)); return err }(),
		files.Close(), zipped.Close(),
	)
	if err != nil {
		panic(err) // memory does not fail
	}
	return base64.StdEncoding.EncodeToString(packed.Bytes())
}

func needlesOf(t *testing.T) []needle {
	t.Helper()
	needles, err := stateNeedles(deployment())
	if err != nil {
		t.Fatal(err)
	}
	return needles
}

func TestLeaksAreFound(t *testing.T) {
	needles := needlesOf(t)
	caLine := strings.Split(caKeyPEM, "\n")[1]
	wrapped := base64.StdEncoding.EncodeToString([]byte(caKeyPEM))
	for title, text := range map[string]string{
		"key as it is":             caKeyPEM,
		"one line of a key":        "time=12:00 msg=" + caLine + " end",
		"key in JSON":              fmt.Sprintf("%q", caKeyPEM),
		"key indented in YAML":     strings.ReplaceAll(caKeyPEM, "\n", "\n      "),
		"key in a kubeconfig":      "client-key-data: " + wrapped,
		"token in a command line":  "kubeadm join --token " + token,
		"second half of the token": "token-secret: " + token[7:],
		"host key":                 hostKeyPEM,
		"a node's files":           "stdin: " + archive(),
	} {
		if len(leaksIn(text, "here", needles)) == 0 {
			t.Errorf("%s was not found", title)
		}
	}
}

func TestWhatIsPublicIsNoLeak(t *testing.T) {
	needles := needlesOf(t)
	for title, text := range map[string]string{
		"the name of a server":             "public " + token[:7],
		"the header of every OpenSSH key":  "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW",
		"the first half of the token":      token[:6],
		"the frame of a key":               "-----BEGIN EC PRIVATE KEY-----",
		"an encrypted value of the state":  `"ciphertext": "v1:abc"`,
		"a certificate of the same length": "Y2VydGlmaWNhdGUgY2VydGlmaWNhdGUgY2VydGlmaWNhdGUgY2VydGlmaWNhdGUg",
	} {
		if leaks := leaksIn(text, "here", needles); len(leaks) > 0 {
			t.Errorf("%s counts as %v", title, leaks[0].needle)
		}
	}
}

// Regression: the last line of a PKCS #8 file is public, and equals a line of
// the public key's own file.
func TestPublicHalfOfAKeyIsNoLeak(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err1 := x509.MarshalECPrivateKey(key)
	pkcs8, err2 := x509.MarshalPKCS8PrivateKey(key)
	public, err3 := x509.MarshalPKIXPublicKey(key.Public())
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	file := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	for kind, der := range map[string][]byte{"EC PRIVATE KEY": sec1, "PRIVATE KEY": pkcs8} {
		needles := needlesIn(file(kind, der), "dev-ca-key")
		if leaks := leaksIn(file("PUBLIC KEY", public), "state", needles); len(leaks) > 0 {
			t.Errorf("the public key counts as a leak of the %s", kind)
		}
		secretLine := strings.Split(file(kind, der), "\n")[1]
		if len(leaksIn(secretLine, "log", needles)) == 0 {
			t.Errorf("the first line of the %s is not found", kind)
		}
	}
}

// Regression: the lines of an OpenSSH key that hold its public half stand in
// authorized_keys as well.
func TestPublicHalfOfAnOpenSSHKeyIsNoLeak(t *testing.T) {
	text := func(s string) []byte { return append(binary.BigEndian.AppendUint32(nil, uint32(len(s))), s...) }
	public := string(slices.Concat(text("ecdsa-sha2-nistp256"), text("nistp256"), text(strings.Repeat("public point ", 5))))
	private := strings.Repeat("check", 2) + public + string(text(strings.Repeat("secret number ", 5)))
	const oneKey = "\x00\x00\x00\x01"
	file := slices.Concat([]byte("openssh-key-v1\x00"), text("none"), text("none"), text(""), []byte(oneKey), text(public), text(private))
	key := string(pem.EncodeToMemory(&pem.Block{Type: "OPENSSH PRIVATE KEY", Bytes: file}))
	if got := string(publicHalf(key)); got != public {
		t.Errorf("the public half is %q, want %q", got, public)
	}
	for _, n := range keyNeedles(key, "dev-ssh-key") {
		content, err := base64.StdEncoding.DecodeString(n.text)
		if err == nil && strings.Contains(public, string(content)) {
			t.Errorf("the public bytes %q count as a secret", content)
		}
	}
}

// A host key that a server uses stays the host key's: user data may hold it.
func TestHostKeysBelongToTheirResource(t *testing.T) {
	for _, l := range leaksIn(hostKeyPEM, "user data", needlesOf(t)) {
		if !l.needle.hostKey() || l.needle.owner != "dev-cp1-hostkey" {
			t.Errorf("the %v is no host key", l.needle)
		}
	}
}

func TestReportNamesSecretAndPlaceButNoSecret(t *testing.T) {
	err := report(leaksIn(caKeyPEM+token, "dev.log", needlesOf(t)))
	want := "secrets leaked:\n    private key of dev-ca-key is in dev.log\n    token of dev-w1-files is in dev.log"
	if err == nil || err.Error() != want {
		t.Errorf("report is %v, want %s", err, want)
	}
	if err := report(nil); err != nil {
		t.Errorf("report of nothing is %v", err)
	}
}
