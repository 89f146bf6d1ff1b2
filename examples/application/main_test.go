package main

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/internal/pulumitest"
)

const cluster = "organization/slipway/prod"

func outputs(version float64) pulumitest.Option {
	return pulumitest.OtherStack(cluster, map[string]any{
		"version": version, "apiEndpoint": "https://192.0.2.10:8443", "kubeconfig": resource.MakeSecret(resource.NewProperty("the kubeconfig")),
	})
}

var settings = pulumitest.Config(map[string]string{"slipway:cluster": cluster})

func TestApplicationUsesTheCluster(t *testing.T) {
	recorded := pulumitest.Run(t, deploy, settings, outputs(1))
	recorded.AssertSecret(t, "pulumi:providers:kubernetes", "cluster", "kubeconfig")
	recorded.AssertNoPlainSecrets(t, "the kubeconfig")
	provider := recorded.Get(t, "pulumi:providers:kubernetes", "cluster").URN
	if got := recorded.Get(t, "kubernetes:core/v1:Namespace", "application").Provider; !strings.HasPrefix(got, provider) {
		t.Errorf("the namespace is made by %q, want the cluster's provider", got)
	}
	if got := recorded.Outputs["apiEndpoint"].StringValue(); got != "https://192.0.2.10:8443" {
		t.Errorf("apiEndpoint = %s", got)
	}
}

func TestApplicationRefusesOtherOutputs(t *testing.T) {
	_, err := pulumitest.RunErr(t, deploy, settings, outputs(2))
	want := "the stack " + cluster + " has outputs of version 2, but this program reads version 1: pulumi up --stack " + cluster + " updates them"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the application says %v, want %s", err, want)
	}
}
