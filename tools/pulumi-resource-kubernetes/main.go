// Pulumi-resource-kubernetes is the official Kubernetes provider plugin, built
// from its Go module.
//
// Upstream generates the two embedded files while it releases. Here the build
// overlays the module's own copies (cmd/pulumi-resource-kubernetes/) over the
// empty files of this folder: go build -overlay, see tools/toolchain. That
// keeps 8 MB of someone else's generated JSON out of this repository.
package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	upstream "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

// version is that of the SDK which the program uses; set with -ldflags.
var version = "0.0.0-dev"

//go:embed schema.json
var schema []byte

//go:embed terraform-mapping.json
var mapping []byte

func main() {
	schema, err := withVersion(schema, version)
	if err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-resource-kubernetes:", err)
		os.Exit(1)
	}
	upstream.Version = version
	provider.Serve("kubernetes", version, schema, mapping)
}

// withVersion puts the version into the schema, as upstream's release does.
func withVersion(schema []byte, version string) ([]byte, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(schema, &fields); err != nil {
		return nil, fmt.Errorf("reading the embedded schema: %w", err)
	}
	if len(fields) == 0 {
		return nil, fmt.Errorf("built without its schema: use tools/toolchain to build it")
	}
	quoted, err := json.Marshal(version)
	if err != nil {
		return nil, err
	}
	fields["version"] = quoted
	return json.Marshal(fields)
}
