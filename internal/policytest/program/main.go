// Program is Slipway with one rule broken, for the scenario that sees the real
// engine stop it. As a Pulumi program it breaks the rule that the key
// policytest:rule of the stack's configuration names. From a shell,
//
//	program list            prints each rule and the stack to break it in
//	program configure RULE  turns that stack's file on standard input into a broken one
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"sigs.k8s.io/yaml"

	"slipway/internal/config"
	"slipway/internal/policytest"
	"slipway/stacks"
)

// ruleKey names the rule to break.
const ruleKey = "policytest:rule"

func main() {
	if len(os.Args) == 1 {
		deploy()
		return
	}
	if err := command(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "policytest:", err)
		os.Exit(1)
	}
}

func deploy() {
	var settings map[string]string
	pulumi.Run(func(ctx *pulumi.Context) error {
		program := func(ctx *pulumi.Context) error { return stacks.Deploy(ctx, settings) }
		if c, ok := policytest.Find(settings[ruleKey]); ok {
			cfg, _ := config.Load(settings)
			program = c.Break(cfg.Cluster.Name, program)
		}
		return program(ctx)
	}, func(info *pulumi.RunInfo) { settings = info.Config })
}

func command(args []string, in io.Reader, out io.Writer) error {
	switch {
	case len(args) == 1 && args[0] == "list":
		for _, c := range policytest.Cases() {
			fmt.Fprintln(out, c.Rule, c.Stack)
		}
		return nil
	case len(args) == 2 && args[0] == "configure":
		return configure(args[1], in, out)
	}
	return errors.New("list, or configure RULE")
}

func configure(rule string, in io.Reader, out io.Writer) error {
	c, ok := policytest.Find(rule)
	if !ok {
		return fmt.Errorf("there is no case that breaks %q", rule)
	}
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	var file map[string]any
	if err := yaml.Unmarshal(text, &file); err != nil {
		return err
	}
	values, _ := file["config"].(map[string]any)
	if values == nil {
		return errors.New("the stack's file has no config section")
	}
	values[ruleKey] = rule
	if c.Configure != nil {
		c.Configure(values)
	}
	text, err = yaml.Marshal(file)
	if err == nil {
		_, err = out.Write(text)
	}
	return err
}
