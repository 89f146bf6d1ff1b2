package review

import (
	"fmt"
	"slices"
	"strings"
)

// MaxBytes is below what a comment of GitHub (65,536 characters) or GitLab (a
// million) may have.
const MaxBytes = 65000

// Markdown is the preview as a comment of a pull request. It depends on nothing
// but the events, and is never longer than MaxBytes.
func (p *Preview) Markdown(stack string) string {
	var head strings.Builder
	fmt.Fprintf(&head, "## Preview of stack %s\n\n", code(stack))
	p.writeProblems(&head)
	p.writeHazards(&head)
	if len(p.changes) > 0 || len(p.problems) == 0 {
		fmt.Fprintf(&head, "%s\n\n", p.counts())
	}
	p.writeTaken(&head)
	p.writeFindings(&head)
	p.writeCosts(&head)
	return cut(head.String(), p.summary(), p.diff())
}

// counts is the sentence about everything.
func (p *Preview) counts() string {
	if len(p.changes) == 0 {
		return fmt.Sprintf("Nothing changes; %d resources stay as they are.", p.same)
	}
	var parts []string
	for _, v := range []verb{replaced, deleted, updated, created, imported} {
		if n := len(p.of(v)); n > 0 {
			parts = append(parts, fmt.Sprintf("**%d %s**", n, v))
		}
	}
	if n := len(p.of(repeated)); n > 0 {
		parts = append(parts, fmt.Sprintf("%d steps on nodes run again", n))
	}
	return fmt.Sprintf("%s; %d stay as they are.", strings.Join(parts, ", "), p.same)
}

func (p *Preview) writeProblems(out *strings.Builder) {
	if len(p.problems) == 0 {
		return
	}
	fmt.Fprintf(out, "> [!CAUTION]\n> The preview failed, so what follows is not all.\n\n")
	for _, problem := range p.problems {
		fmt.Fprintf(out, "%s\n\n", fence("text", problem))
	}
}

func (p *Preview) writeHazards(out *strings.Builder) {
	hazards := p.hazards()
	if len(hazards) == 0 {
		return
	}
	fmt.Fprint(out, "> [!WARNING]\n> **Look at this first:**\n>\n")
	for _, h := range hazards {
		fmt.Fprintf(out, "> - %s\n", h)
	}
	fmt.Fprintln(out)
}

// writeTaken lists replacements with what forces them, and deletions. What goes with
// its component is not listed again.
func (p *Preview) writeTaken(out *strings.Builder) {
	taken := p.of(replaced, deleted)
	if len(taken) == 0 {
		return
	}
	goes := map[string]bool{}
	for _, c := range taken {
		goes[c.URN] = c.verb == deleted
	}
	with := map[string]int{} // how many go with a component
	top := func(urn string) string {
		for at := p.parents[urn]; at != ""; at = p.parents[at] {
			if goes[at] {
				urn = at
			}
		}
		return urn
	}
	for _, c := range taken {
		with[top(c.URN)]++
	}
	fmt.Fprint(out, "| | resource | of | because of |\n|---|---|---|---|\n")
	for _, c := range taken {
		if top(c.URN) != c.URN {
			continue
		}
		what := fmt.Sprintf("%s %s", kind(c.Type), code(name(c.URN)))
		if n := with[c.URN] - 1; n > 0 {
			what += fmt.Sprintf(" and its %d resources", n)
		}
		fmt.Fprintf(out, "| %s | %s | %s | %s |\n", c.verb, what, code(name(p.component(c.URN))), c.reason())
	}
	fmt.Fprintln(out)
}

// reason is what forces a replacement, or why something is deleted.
func (c change) reason() string {
	if c.verb == deleted {
		return "not in the configuration any more"
	}
	keys := slices.Clone(c.Keys)
	for path := range c.DetailedDiff {
		if len(c.Keys) == 0 {
			keys = append(keys, path)
		}
	}
	if len(keys) == 0 {
		return "what it depends on is replaced"
	}
	slices.Sort(keys)
	for i, key := range keys {
		keys[i] = code(key)
	}
	return strings.Join(keys, ", ")
}

func (p *Preview) writeFindings(out *strings.Builder) {
	if len(p.findings) == 0 {
		return
	}
	fmt.Fprint(out, "### Policies\n\n| rule | level | resource | |\n|---|---|---|---|\n")
	var rows []string
	for _, f := range p.findings {
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |", code(f.Policy), f.Level, code(name(f.URN)), cell(f.Message)))
	}
	slices.Sort(rows)
	fmt.Fprintf(out, "%s\n\n", strings.Join(slices.Compact(rows), "\n"))
}

func (p *Preview) writeCosts(out *strings.Builder) {
	rows := p.rows()
	if len(rows) == 0 {
		return
	}
	fmt.Fprint(out, "### Costs\n\n| | now | after |\n|---|---|---|\n")
	for _, r := range rows {
		after := r[2]
		if after != r[1] {
			after = "**" + after + "**"
		}
		fmt.Fprintf(out, "| %s | %s | %s |\n", r[0], r[1], after)
	}
	fmt.Fprintln(out)
}

// summary counts updates and creations by the component that they belong to.
func (p *Preview) summary() string {
	type group struct{ verb, component string }
	counts := map[group]int{}
	for _, c := range p.of(repeated, updated, created, imported) {
		counts[group{c.verb.String(), name(p.component(c.URN))}]++
	}
	if len(counts) == 0 {
		return ""
	}
	var rows []string
	for g, n := range counts {
		rows = append(rows, fmt.Sprintf("| %s | %s | %d |", code(g.component), g.verb, n))
	}
	slices.Sort(rows)
	return "### Run again, updated and created\n\n| part | | resources |\n|---|---|---|\n" + strings.Join(rows, "\n") + "\n\n"
}

// signs are what a line of the diff begins with; ! and others colour it.
var signs = map[verb]string{replaced: "!", deleted: "-", repeated: "!", updated: "!", created: "+", imported: "+"}

// diff has a line for each resource, and for each property that changes.
func (p *Preview) diff() []string {
	var all []string
	for _, c := range p.sorted() {
		all = append(all, fmt.Sprintf("%s %s %s %s", signs[c.verb], c.verb, kind(c.Type), name(c.URN)))
		if c.verb == replaced || c.verb == repeated || c.verb == updated {
			for _, line := range c.lines() {
				all = append(all, "!     "+line)
			}
		}
	}
	return all
}
