// Policy is the policy pack: it hands the resources that the engine shows it to
// the rules of package policy, and what these say back to the engine.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/policyx"
)

func main() {
	err := policyx.Main(func(ctx *pulumi.Context) (policyx.PolicyPack, error) {
		return newPack(ctx, time.Now().UTC())
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "slipway policy pack:", err)
		os.Exit(1)
	}
}
