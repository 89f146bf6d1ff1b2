// Pulumi-resource-command runs commands on remote machines over SSH, and local
// ones. It has the tokens, properties and behaviour of the official command
// plugin, whose own Go module is not published; tools/README.md says what
// is left out.
package main

import (
	"context"
	"fmt"
	"os"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"slipway/tools/pulumi-resource-command/local"
	"slipway/tools/pulumi-resource-command/remote"
)

// version is that of the SDK which the program uses; set with -ldflags.
var version = "0.0.0-dev"

func main() {
	if err := p.RunProvider(context.Background(), "command", version, provider()); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-resource-command:", err)
		os.Exit(1)
	}
}

// provider lists what the plugin offers. The token of each follows from its Go
// package and type: command:remote:Command.
func provider() p.Provider {
	return infer.Provider(infer.Options{
		Resources: []infer.InferredResource{
			infer.Resource(&remote.Command{}),
			infer.Resource(&remote.CopyToRemote{}),
			infer.Resource(&local.Command{}),
		},
		Functions: []infer.InferredFunction{infer.Function(&local.Run{})},
	})
}
