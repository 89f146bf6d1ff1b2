package cloudlogin

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/golden"
	"slipway/internal/pulumitest"
)

const credentialType = "openstack:identity/applicationCredential:ApplicationCredential"

func login() Login {
	return Login{AuthURL: "https://keystone.example.com/v3", Region: "RegionOne", Roles: []string{"member"}, Generation: 1}
}

func TestRender(t *testing.T) {
	private := login()
	private.CACertificate = "pem"
	for file, l := range map[string]Login{"public.conf": login(), "private.conf": private} {
		text, err := l.render("id", "secret", "[Rest]\nkey = \"value\"\n")
		if err != nil {
			t.Fatal(err)
		}
		golden.Assert(t, file, text)
	}
}

func TestClouds(t *testing.T) {
	private := login()
	private.CACertificate = "pem"
	for file, l := range map[string]Login{"public.yaml": login(), "private.yaml": private} {
		text, err := l.clouds("id", "se: cret", "")
		if err != nil {
			t.Fatal(err)
		}
		golden.Assert(t, file, text)
	}
}

func TestRenderRefusesWhatEndsAQuotation(t *testing.T) {
	for _, value := range []string{"a\"b", "a\\b", "a\nb"} {
		if text, err := login().render("id", value, ""); err == nil {
			t.Errorf("%q is in\n%s", value, text)
		}
	}
}

// files makes a credential whose id and secret are these, and returns the
// configuration and its digest.
func files(t *testing.T, l Login, id, secret, rest string) (config, digest resource.PropertyValue) {
	t.Helper()
	recorded := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		credential, err := l.NewCredential(ctx, id, "for a test")
		if err != nil {
			return err
		}
		files, digest := l.Files(credential, pulumi.String(rest))
		ctx.Export("config", files[ConfigFile])
		ctx.Export("digest", digest)
		return nil
	}, pulumitest.SecretOutput(credentialType, "secret", secret))
	return recorded.Outputs["config"], recorded.Outputs["digest"]
}

// The digest is shown in previews: a secret is not to be guessed by it.
func TestDigestIsOfEverythingButTheSecret(t *testing.T) {
	config, digest := files(t, login(), "a", "x", "rest")
	if !config.IsSecret() || !strings.Contains(config.SecretValue().Element.StringValue(), `secret = "x"`) || digest.IsSecret() {
		t.Errorf("the configuration is %v, its digest %v", config, digest)
	}
	other := login()
	other.CACertificate = "pem"
	for name, tt := range map[string]struct {
		login            Login
		id, secret, rest string
		same             bool
	}{
		"another secret":    {login(), "a", "y", "rest", true},
		"another id":        {login(), "b", "x", "rest", false},
		"another rest":      {login(), "a", "x", "more", false},
		"another authority": {other, "a", "x", "rest", false},
	} {
		_, got := files(t, tt.login, tt.id, tt.secret, tt.rest)
		if got.DeepEquals(digest) != tt.same {
			t.Errorf("%s: the digest stays is not %v", name, tt.same)
		}
	}
}

// A new credential is there before the old one goes, so their names differ.
func TestGenerationNamesTheCredential(t *testing.T) {
	for generation, want := range map[int]string{1: "demo-1", 2: "demo-2"} {
		recorded := pulumitest.Run(t, func(ctx *pulumi.Context) error {
			l := login()
			l.Generation = generation
			_, err := l.NewCredential(ctx, "demo", "for a test")
			return err
		})
		if v, _, _ := recorded.Get(t, credentialType, "demo-credential").Input("name"); v.StringValue() != want {
			t.Errorf("generation %d is called %v, want %s", generation, v, want)
		}
	}
}

func TestValidate(t *testing.T) {
	const want = "the login needs AuthURL\nthe login needs Generation\nthe login needs Region\nthe login needs Roles"
	if err := (Login{}).Validate(); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if err := login().Validate(); err != nil {
		t.Error(err)
	}
}
