package policy

import (
	"fmt"
	"strings"

	"slipway/internal/config"
)

// Reference is docs/policies.md.
func Reference() string {
	var b strings.Builder
	b.WriteString(introduction)
	rules := Rules()
	fmt.Fprintf(&b, "\n## Rules\n\nThere are %d.\n\n| rule | level | holds for | looks at |\n|---|---|---|---|\n", len(rules))
	for _, r := range rules {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s |\n", r.ID, r.ID, r.Level, r.stacks(), r.scope())
	}
	for _, r := range rules {
		fmt.Fprintf(&b, "\n### %s\n\n%s. %s\n\n*Mend it:* %s.\n", r.ID, r.Title, r.Why, r.Mend)
		for i, limit := range r.Limits {
			if i == 0 {
				b.WriteString("\n*Measured against:* ")
			} else {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "`%s:policy.limits.%s`", config.Namespace, limit)
		}
		if len(r.Limits) > 0 {
			b.WriteString(".\n")
		}
	}
	return b.String()
}

func (r Rule) stacks() string {
	if r.Production {
		return "production"
	}
	return "every stack"
}

func (r Rule) scope() string {
	if r.WholeStack() {
		return "the whole stack"
	}
	return "each resource"
}

// introduction comes before what is generated.
const introduction = `# Policies

<!-- Generated from internal/policy: go test ./internal/policy -update -->

The policy pack in [policy/](../policy) holds the rules below. It is written in Go and runs in every preview and update that is given it:

    make preview                            # and make up
    pulumi preview --policy-pack policy     # from the root of this repository
    pulumi up --policy-pack policy

From the Automation API it is the option optpreview.PolicyPacks("policy"), and the same of optup. The configuration itself is checked
before any of this, with or without the pack: [configuration.md](configuration.md).

A rule looks at what the program registers: at the inputs of each resource before anything is done with it, or at all resources together, at
the end. What a preview does not know yet breaks no rule; the rule looks again in the update. A mandatory rule stops the run.
One about a resource does it before that resource is touched. One about the whole stack stops a preview, but in an update it speaks at the end:
do not skip the preview.

## Settings

` + "`slipway:policy`" + ` in the stack's file says whether the stack is production, and what rules measure against.
The level of a rule is the pack's configuration, by the CLI's own means:

    echo '{"pinned-images": "advisory", "chosen-clients": "disabled"}' > levels.json
    pulumi preview --policy-pack policy --policy-pack-config levels.json

## Exceptions

A stack that cannot keep a rule for a while says so, why, and until when:

    slipway:policy:
      exceptions:
        - rule: no-open-api
          reason: runners of the old site have no fixed addresses
          until: "2027-01-31"

The rule then stops nothing, up to and including that day (UTC). Each run shows the exception, and how many problems it lets pass. After the day
the rule holds again, and the run says that the exception has ended. A rule that does not exist, a missing reason and a missing day are refused
with their path.

## What it cannot see

- What is removed: rules are shown only what stays. Read the deletions of a preview yourself, those of control planes above all.
- The state before. [one-member-at-a-time](#one-member-at-a-time) goes by what a preview knows of a server and of its port.
- What runs inside machines, and what others have put into the cluster.
`
