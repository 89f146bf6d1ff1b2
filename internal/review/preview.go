package review

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

const (
	stackType = "pulumi:pulumi:Stack"
	// stepType is a step on a node. Its replacement is that it runs again, and takes
	// nothing away.
	stepType = "command:remote:Command"
)

// markup are the engine's colours.
var markup = regexp.MustCompile(`<\{%[^%]*%\}>`)

// Preview is what an update would do.
type Preview struct {
	changes  []change
	same     int
	findings []finding
	problems []string
	costs    [2]cost
	// parents maps each resource to its parent.
	parents map[string]string
	// stacks are the outputs of the stack, before and after.
	stacks [2]map[string]any
}

// change is what happens to one resource.
type change struct {
	step
	verb verb
}

// verb is what happens, in the order in which a reader should hear of it.
type verb int

const (
	replaced verb = iota
	deleted
	repeated
	updated
	created
	imported
)

// verbs are the engine's operations. The parts of a replacement, and what is only
// read, are nothing of their own.
var verbs = map[string]verb{"replace": replaced, "delete": deleted, "update": updated, "create": created, "import": imported}

var words = map[verb]string{replaced: "replaced", deleted: "deleted", repeated: "run again", updated: "updated", created: "created", imported: "imported"}

func (v verb) String() string { return words[v] }

func (p *Preview) add(s step) {
	for _, at := range []*state{s.Old, s.New} {
		if at != nil && at.Parent != "" {
			p.parents[s.URN] = at.Parent
		}
	}
	v, changes := verbs[s.Op]
	if v == replaced && s.Type == stepType {
		v = repeated
	}
	switch {
	case s.Op == "same":
		p.same++
	case changes && s.Type != stackType && !strings.HasPrefix(s.Type, "pulumi:providers:"):
		p.changes = append(p.changes, change{s, v})
	}
	p.count(s)
}

// name is the last part of a URN.
func name(urn string) string { return urn[strings.LastIndex(urn, "::")+2:] }

// kind is the last part of a type: Instance of openstack:compute/instance:Instance.
func kind(typ string) string { return typ[strings.LastIndex(typ, ":")+1:] }

// typeOf is the type in a URN.
func typeOf(urn string) string {
	parts := strings.Split(urn, "::")
	if len(parts) < 3 {
		return ""
	}
	return parts[2][strings.LastIndex(parts[2], "$")+1:]
}

// within returns the component of a type that a resource belongs to, or is; empty
// if there is none.
func (p *Preview) within(urn, component string) string {
	for at := urn; at != ""; at = p.parents[at] {
		if typeOf(at) == component {
			return at
		}
	}
	return ""
}

// component is the one directly below the stack that a resource belongs to.
func (p *Preview) component(urn string) string {
	top := urn
	for at := urn; at != "" && typeOf(at) != stackType; at = p.parents[at] {
		top = at
	}
	return top
}

// sorted are the changes as a reader should hear of them.
func (p *Preview) sorted() []change {
	all := slices.Clone(p.changes)
	slices.SortStableFunc(all, func(a, b change) int {
		return cmp.Or(cmp.Compare(a.verb, b.verb), cmp.Compare(p.component(a.URN), p.component(b.URN)), cmp.Compare(a.URN, b.URN))
	})
	return all
}

// of are the sorted changes of one kind.
func (p *Preview) of(wanted ...verb) []change {
	return slices.DeleteFunc(p.sorted(), func(c change) bool { return !slices.Contains(wanted, c.verb) })
}
