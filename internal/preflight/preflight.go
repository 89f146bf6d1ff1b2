// Package preflight judges whether machines that exist can become the nodes of a
// cluster, by what they said of themselves.
package preflight

import (
	"cmp"
	"fmt"
	"slices"

	"slipway/internal/survey"
)

// Machine is what one machine is to become.
type Machine struct {
	// Name is its host name, and Path the path of its key in the stack's file. Required.
	Name, Path string
	// Role is control-plane, worker, proxy, etcd or storage. Required.
	Role string
	// Arch is the architecture it must have, e.g. amd64. Required.
	Arch string
	// MTU its network must have, in bytes. Optional: any.
	MTU int
	// Ports are TCP ports that must be free beside those of its role. Optional.
	Ports []int
}

// Finding is one thing that is not as it should be.
type Finding struct {
	// Path of the machine's key.
	Path string
	// Message says what is wrong, and what to do.
	Message string
}

func (f Finding) String() string { return f.Path + ": " + f.Message }

// Sorted orders findings by path.
func Sorted(findings []Finding) []Finding {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message))
	})
	return findings
}

// Check returns what keeps the machines from becoming nodes of the cluster, and
// what is only odd. Machines without facts are left out. What belongs to the
// cluster already is past most of it.
func Check(cluster string, machines []Machine, facts map[string]survey.Facts) (problems, warnings []Finding) {
	known := slices.DeleteFunc(slices.Clone(machines), func(m Machine) bool { _, ok := facts[m.Name]; return !ok })
	for _, m := range known {
		f := facts[m.Name]
		add := func(message string) {
			if message != "" {
				problems = append(problems, Finding{m.Path, message})
			}
		}
		if f.Owner == cluster {
			add(checkMTU(m, f))
			continue
		}
		for _, rule := range rules {
			add(rule(m, f))
		}
		if !f.Synchronised {
			warnings = append(warnings, Finding{m.Path, "does not follow a time server, as far as it can tell; etcd and certificates need right clocks: install chrony or systemd-timesyncd"})
		}
	}
	return append(problems, compare(known, facts)...), warnings
}

// identities must be different on all machines.
var identities = []struct {
	name, remedy string
	of           func(survey.Facts) string
}{
	{"machine-id", "machines made from one image need their own: rm /etc/machine-id && systemd-machine-id-setup, then reboot", func(f survey.Facts) string { return f.MachineID }},
	{"product_uuid", "the virtual machine was copied with it: have the hypervisor make another", func(f survey.Facts) string { return f.ProductUUID }},
}

// maxSkew is how far two clocks may be apart; etcd warns above one second.
const maxSkew = 2

// compare finds what is only wrong between machines.
func compare(machines []Machine, facts map[string]survey.Facts) []Finding {
	var findings []Finding
	for i, m := range machines {
		f := facts[m.Name]
		for _, other := range machines[:i] {
			o := facts[other.Name]
			for _, id := range identities {
				if v := id.of(f); v != "" && v == id.of(o) {
					findings = append(findings, Finding{m.Path, fmt.Sprintf("has the %s %s, which %s has too; %s", id.name, v, other.Name, id.remedy)})
				}
			}
		}
		if i == 0 {
			continue
		}
		first := machines[0]
		if o := facts[first.Name]; f.MTU != o.MTU {
			findings = append(findings, Finding{m.Path, fmt.Sprintf("has the MTU %d on %s, but %s has %d on %s: it must be the same on all", f.MTU, f.Interface, first.Name, o.MTU, o.Interface)})
		}
		if skew := (f.ClockOffset - facts[first.Name].ClockOffset).Abs(); skew.Seconds() > maxSkew {
			findings = append(findings, Finding{m.Path, fmt.Sprintf("has a clock that is %.1f s off that of %s: set it right and have it follow a time server", skew.Seconds(), first.Name)})
		}
	}
	return findings
}
