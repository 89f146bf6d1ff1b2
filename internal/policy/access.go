package policy

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

const (
	typeCopy               = "command:remote:CopyToRemote"
	typeClusterRoleBinding = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding"
	typeRoleBinding        = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
)

func accessRules() []Rule {
	return []Rule{
		{
			ID: "verified-ssh", Level: Mandatory, Title: "Every SSH connection knows the host key of its machine",
			Why:   "A connection without one hands secrets to whoever answers.",
			Mend:  "Pass the machine's host key, and that of the bastion, to the connection",
			Types: []string{typeCommand, typeCopy}, Resource: verifiedSSH,
		},
		{
			ID: "known-host-keys", Level: Mandatory, Title: "Production trusts no machine at first sight",
			Why:  "The first connection to a machine whose key nobody gave believes whoever answers.",
			Mend: "Give slipway:hosts.machines the host key of each", Production: true,
			Types: []string{typeCommand}, Resource: knownHostKey,
		},
		{
			ID: "no-anonymous-roles", Level: Mandatory, Title: "No role is bound to everybody",
			Why:   "A role of anonymous users is one of all that reach the API; cluster-admin of all logged-in ones is one of every pod.",
			Mend:  "Bind the role to the users, groups or service accounts that need it",
			Types: []string{typeClusterRoleBinding, typeRoleBinding}, Resource: boundToSomebody,
		},
	}
}

// atFirstSight tells the step that asks an existing machine for its host key, once.
func atFirstSight(r Resource) bool {
	return r.below("slipway:index:ExistingMachine") && strings.Contains(r.Name, "-host-key-")
}

func verifiedSSH(r Resource, _ Settings) []string {
	if atFirstSight(r) {
		return nil
	}
	connection := r.at("connection")
	var problems []string
	if unverified(connection) {
		problems = append(problems, "connects to its machine without a host key")
	}
	if unverified(member(connection, "proxy")) {
		problems = append(problems, "connects to the bastion without a host key")
	}
	return problems
}

// unverified reports whether a machine is connected to without its host key. In a
// preview the plugin turns a connection that is not known into one to no host.
func unverified(to property.Value) bool {
	key := member(to, "hostKey")
	return textOf(member(to, "host")) != "" && !key.IsComputed() && textOf(key) == ""
}

func knownHostKey(r Resource, _ Settings) []string {
	if !atFirstSight(r) {
		return nil
	}
	return []string{"asks the machine itself for its host key"}
}

func boundToSomebody(r Resource, _ Settings) []string {
	var problems []string
	role := r.text("roleRef", "name")
	for _, subject := range r.list("subjects") {
		switch name := textOf(member(subject, "name")); {
		case name == "system:anonymous", name == "system:unauthenticated":
			problems = append(problems, "gives the role "+role+" to "+name)
		case name == "system:authenticated" && role == "cluster-admin":
			problems = append(problems, "gives everybody who is logged in the role cluster-admin")
		}
	}
	return problems
}
