// Automation previews a stack of the project in this folder by the Automation
// API, as programs that embed Pulumi do, with a policy pack:
//
//	automation STACK PACK
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
)

func main() {
	if err := preview(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "automation:", err)
		os.Exit(1)
	}
}

func preview(args []string) error {
	if len(args) != 2 {
		return errors.New("the name of a stack and the folder of a policy pack are wanted")
	}
	ctx := context.Background()
	stack, err := auto.SelectStackLocalSource(ctx, args[0], ".")
	if err != nil {
		return fmt.Errorf("selecting stack %s: %w", args[0], err)
	}
	_, err = stack.Preview(ctx, optpreview.PolicyPacks(args[1]), optpreview.ProgressStreams(os.Stdout))
	return err
}
