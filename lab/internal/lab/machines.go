package lab

import (
	"fmt"
	"slices"
	"strings"

	"slipway/lab/internal/agent"
	"slipway/lab/internal/machine"
)

// Machine is one machine, and what takes orders for it.
type Machine struct {
	machine.Spec
	Host machine.Host
}

// kinds are the two kinds of machines: those of servers, and existing hosts.
func (l Lab) kinds() []machine.Host {
	return []machine.Host{agent.NewHost(l.Paths, nil), l.existing(nil).Host}
}

// Machines lists the machines of both kinds, running or not.
func (l Lab) Machines() ([]Machine, error) {
	var all []Machine
	for _, h := range l.kinds() {
		records, err := h.List()
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			all = append(all, Machine{r.Spec, h})
		}
	}
	return all, nil
}

// Find looks for a machine by name or id.
func (l Lab) Find(name string) (Machine, error) {
	all, err := l.Machines()
	if err != nil {
		return Machine{}, err
	}
	var known []string
	for _, m := range all {
		if m.ID == name || m.Name == name {
			return m, nil
		}
		known = append(known, m.Name)
	}
	slices.Sort(known)
	return Machine{}, fmt.Errorf("no machine %q; there are: %s", name, strings.Join(known, ", "))
}
