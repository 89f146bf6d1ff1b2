package pki

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"os"
	"regexp"
	"strings"
	"testing"

	"crypto/hkdf"

	"slipway/internal/golden"
)

const seed = "-----BEGIN EC PRIVATE KEY-----\nnot a key, but long enough\n"

// TestCACertHash holds the hash to what upstream documents:
// openssl x509 -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256.
func TestCACertHash(t *testing.T) {
	cert, err := os.ReadFile("testdata/ca.crt")
	if err != nil {
		t.Fatal(err)
	}
	const want = "sha256:513cd375138fc4f1f7d58d53015dd7dc5528feba62d1d46b12565ed3b1563cb4"
	if got, err := CACertHash(string(cert)); err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	for _, wrong := range []string{"", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"} {
		if got, err := CACertHash(wrong); err == nil {
			t.Errorf("CACertHash(%q) = %q, want an error", wrong, got)
		}
	}
}

// TestHKDF pins the primitive by RFC 5869, appendix A.1.
func TestHKDF(t *testing.T) {
	unhex := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	key, err := hkdf.Key(sha256.New, unhex(strings.Repeat("0b", 22)), unhex("000102030405060708090a0b0c"),
		string(unhex("f0f1f2f3f4f5f6f7f8f9")), 42)
	const want = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
	if got := hex.EncodeToString(key); err != nil || got != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}

// TestDerivedValuesStay fails when a derivation changes: existing clusters
// would get another token and could not read their encrypted secrets.
func TestDerivedValuesStay(t *testing.T) {
	for name, test := range map[string]struct {
		derive func(string) (string, error)
		want   string
	}{
		"token":      {BootstrapToken, "v5r8xx.0qc74tevzpswc5az"},
		"encryption": {generation(1), "LxPKUeMK8dcSqiR4tT+D7Ntbj3AqhPEmjMfwjfF3r9M="},
		"rotated":    {generation(2), "kxEdjzSCzNUyZWXdcsvoLuapSI/XnRAJvzYrf2biVUs="},
	} {
		got, err := test.derive(seed)
		if err != nil || got != test.want {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, test.want)
		}
		if other, _ := test.derive(seed + "x"); other == got {
			t.Errorf("%s: two seeds give the same value", name)
		}
		if _, err := test.derive("short"); err == nil {
			t.Errorf("%s: a short seed is accepted", name)
		}
	}
}

func generation(n int) func(string) (string, error) {
	return func(seed string) (string, error) { return encryptionKey(seed, n) }
}

func TestDerivedValuesHaveTheirForm(t *testing.T) {
	form := regexp.MustCompile(`^[a-z0-9]{6}\.[a-z0-9]{16}$`) // kubeadm's own pattern
	for i := range 500 {
		s := seed + strings.Repeat("x", i)
		token, err := BootstrapToken(s)
		if err != nil || !form.MatchString(token) {
			t.Fatalf("token %q, %v", token, err)
		}
		key, err := encryptionKey(s, 1)
		if raw, decodeErr := base64.StdEncoding.DecodeString(key); err != nil || decodeErr != nil || len(raw) != encryptionKeySize {
			t.Fatalf("encryption key %q, %v, %v", key, err, decodeErr)
		}
	}
}

func TestKubeconfig(t *testing.T) {
	got, err := Kubeconfig("dev", "https://172.24.4.10:6443", "the authority", "the certificate", "the key")
	if err != nil {
		t.Fatal(err)
	}
	golden.Assert(t, "kubeconfig.yaml", got)
}

func TestEncryption(t *testing.T) {
	for name, generation := range map[string]int{"encryption-1.yaml": 1, "encryption-7.yaml": 7} {
		got, err := Encryption(seed, generation)
		if err != nil {
			t.Fatal(err)
		}
		golden.Assert(t, name, got)
	}
	if _, err := Encryption(seed, 0); err == nil || err.Error() != "encryption keys of generation 0: the first generation is 1" {
		t.Errorf("got %v", err)
	}
}
