package config

import "fmt"

// What is checked here of a configuration, and by rules of package policy of the
// resources that a program made of it.

// QuorumProblem says what is wrong with a number of members of etcd, or nothing.
func QuorumProblem(members int) string {
	if members%2 == 1 {
		return ""
	}
	return "must be an odd number of nodes: etcd survives no more failures with one node more"
}

// DefaultsProblem says what is wrong with the last of the storage classes that
// are the default, or nothing.
func DefaultsProblem(defaults []string) string {
	if len(defaults) < 2 {
		return ""
	}
	return fmt.Sprintf("is %s too: a claim that names no class can have only one", defaults[0])
}

// HostNames remembers whose each host name is.
type HostNames map[string]string

// Claim gives a name to an owner and says what is wrong with that, or nothing.
func (h HostNames) Claim(name, owner string) string {
	problem := ""
	if other, taken := h[name]; taken {
		problem = "is the host name of " + other + " too"
	}
	h[name] = owner
	return problem
}
