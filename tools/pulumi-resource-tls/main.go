// Pulumi-resource-tls is the TLS provider plugin: HashiCorp's Terraform
// provider behind Pulumi's bridge, with the schema of the official plugin,
// whose own Go module is not published.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/terraform-provider-tls/shim"
	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfgen"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// version is that of the SDK which the program uses; set with -ldflags.
var version = "0.0.0-dev"

func main() {
	ctx := context.Background()
	info := provider(version)
	meta, err := metadata(ctx, info)
	if err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-resource-tls:", err)
		os.Exit(1)
	}
	pf.Main(ctx, info.Name, info, meta)
}

// provider describes the bridge: which token each Terraform resource has.
func provider(version string) tfbridge.ProviderInfo {
	resource := func(member string) *tfbridge.ResourceInfo {
		return &tfbridge.ResourceInfo{Tok: tokens.Type("tls:index/" + member)}
	}
	dataSource := func(member string) *tfbridge.DataSourceInfo {
		return &tfbridge.DataSourceInfo{Tok: tokens.ModuleMember("tls:index/" + member)}
	}
	return tfbridge.ProviderInfo{
		P:                pf.ShimProvider(shim.NewProvider()),
		Name:             "tls",
		Version:          version,
		GitHubOrg:        "hashicorp",
		UpstreamRepoPath: ".", // else the bridge looks for the module's documentation
		MetadataInfo:     tfbridge.NewProviderMetadata([]byte("{}")),
		Resources: map[string]*tfbridge.ResourceInfo{
			"tls_cert_request":        resource("certRequest:CertRequest"),
			"tls_locally_signed_cert": resource("locallySignedCert:LocallySignedCert"),
			"tls_private_key":         resource("privateKey:PrivateKey"),
			"tls_self_signed_cert":    resource("selfSignedCert:SelfSignedCert"),
		},
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"tls_certificate": dataSource("getCertificate:getCertificate"),
			"tls_public_key":  dataSource("getPublicKey:getPublicKey"),
		},
	}
}

// metadata derives the schema from the Terraform provider, so that there is no
// generated file to keep in step.
func metadata(ctx context.Context, info tfbridge.ProviderInfo) (pf.ProviderMetadata, error) {
	result, err := tfgen.GenerateSchema(ctx, tfgen.GenerateSchemaOptions{
		ProviderInfo: info,
		// It warns about documentation pages, of which the module has none.
		DiagnosticsSink: diag.DefaultSink(io.Discard, io.Discard, diag.FormatOptions{Color: colors.Never}),
		XInMemoryDocs:   true,
	})
	if err != nil {
		return pf.ProviderMetadata{}, fmt.Errorf("deriving the schema: %w", err)
	}
	meta := result.ProviderMetadata
	meta.PackageSchema, err = withVersion(meta.PackageSchema, info.Version)
	return meta, err
}

// withVersion puts the version into the schema, where the engine reads it.
func withVersion(schema []byte, version string) ([]byte, error) {
	var fields map[string]any
	if err := json.Unmarshal(schema, &fields); err != nil {
		return nil, fmt.Errorf("reading the derived schema: %w", err)
	}
	fields["version"] = version
	return json.Marshal(fields)
}
