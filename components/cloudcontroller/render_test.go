package cloudcontroller

import (
	"testing"

	"slipway/internal/golden"
)

func TestRender(t *testing.T) {
	bare := cloudConfig{AuthURL: "https://keystone.example.com/v3", Region: "RegionOne", CredentialID: "id", CredentialSecret: "secret"}
	full := bare
	full.CAFile, full.SubnetID, full.FloatingNetworkID = "/etc/config/ca.crt", "subnet-id", "network-id"
	full.RouterID = "router-id"
	for file, c := range map[string]cloudConfig{"bare.conf": bare, "full.conf": full} {
		text, err := c.render()
		if err != nil {
			t.Fatal(err)
		}
		golden.Assert(t, file, text)
	}
}

func TestRenderRefusesWhatEndsAQuotation(t *testing.T) {
	for _, value := range []string{"a\"b", "a\\b", "a\nb"} {
		if text, err := (cloudConfig{Region: value}).render(); err == nil {
			t.Errorf("%q is in\n%s", value, text)
		}
	}
}

// The digest is shown in previews: a secret is not to be guessed by it.
func TestDigestIsOfTheCredentialButNotOfItsSecret(t *testing.T) {
	digest := func(id, secret string) string {
		d, err := cloudConfig{CredentialID: id, CredentialSecret: secret}.digest("")
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if digest("a", "x") != digest("a", "y") || digest("a", "x") == digest("b", "x") {
		t.Error("the digest follows from the secret, or not from the id")
	}
}
