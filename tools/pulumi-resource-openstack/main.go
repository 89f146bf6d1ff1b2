// Pulumi-resource-openstack is the OpenStack provider plugin: the Terraform
// provider behind Pulumi's bridge, with the tokens, names and schema of the
// official plugin, whose own Go module is not published.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
)

// version is that of the SDK which the program uses; set with -ldflags.
var version = "0.0.0-dev"

func main() {
	info, err := provider(version)
	if err == nil {
		var schema []byte
		if schema, err = pulumiSchema(info); err == nil {
			tfbridge.Main("openstack", version, info, schema)
			return
		}
	}
	fmt.Fprintln(os.Stderr, "pulumi-resource-openstack:", err)
	os.Exit(1)
}

// pulumiSchema derives the schema from the Terraform provider. That takes under
// a second, so there is no generated file to keep in step.
func pulumiSchema(info tfbridge.ProviderInfo) ([]byte, error) {
	// The generator warns about documentation pages it does not find: the
	// module has none, and no SDK is generated from this schema.
	quiet := diag.DefaultSink(io.Discard, io.Discard, diag.FormatOptions{Color: colors.Never})
	spec, err := tfgen.GenerateSchema(info, quiet)
	if err != nil {
		return nil, fmt.Errorf("deriving the schema: %w", err)
	}
	spec.Version = info.Version
	return json.Marshal(spec)
}
