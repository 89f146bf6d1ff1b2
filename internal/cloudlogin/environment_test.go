package cloudlogin

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/pulumitest"
)

// The program takes them as they are; only the secret is one.
func TestEnvironment(t *testing.T) {
	l := login()
	l.AuthURL, l.CACertificate = "https://cloud.example.com/identity/", "pem"
	recorded := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		credential, err := l.NewCredential(ctx, "demo", "for a test")
		if err != nil {
			return err
		}
		variables, files, _ := l.Environment(credential)
		for name, value := range variables {
			ctx.Export(name, value)
		}
		ctx.Export("authority", files[CACertificateFile])
		return nil
	}, pulumitest.SecretOutput(credentialType, "secret", "hidden"))
	for name, want := range map[string]string{
		"OS_AUTH_TYPE": "v3applicationcredential", "OS_AUTH_URL": "https://cloud.example.com/identity/v3/", "OS_REGION_NAME": "RegionOne", "authority": "pem",
	} {
		if got := recorded.Outputs[resource.PropertyKey(name)]; !got.IsString() || got.StringValue() != want {
			t.Errorf("%s is %v, want %s", name, got, want)
		}
	}
	if secret := recorded.Outputs["OS_APPLICATION_CREDENTIAL_SECRET"]; !secret.IsSecret() || secret.SecretValue().Element.StringValue() != "hidden" {
		t.Errorf("the secret is %v", secret)
	}
}
