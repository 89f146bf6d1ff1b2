package policy

import (
	"fmt"
	"strings"
)

const typeKey = "tls:index/privateKey:PrivateKey"

func changeRules() []Rule {
	return []Rule{{
		ID: "one-member-at-a-time", Level: Mandatory, Title: "An update replaces at most one member of etcd",
		Why:   "A new member counts only once it has joined: two that go together take the quorum along.",
		Mend:  "Run one update for each, and wait until the cluster is ready in between",
		Stack: oneMemberAtATime,
	}}
}

// oneMemberAtATime reads replacements off what a preview knows, for rules are not
// shown the old resources: a server that is to be made has no id yet. If its port
// has an address of its own, the node was there before, and this is its new machine; of a node
// that is added, the port is new too. Removed nodes cannot be seen here.
func oneMemberAtATime(s Stack, _ Settings) []Finding {
	var replaced []string
	members, _ := s.members()
	for _, node := range members {
		server, made := s.named(typeServer, node.Name+"-server")
		port, there := s.named(typePort, node.Name+"-port")
		if made && there && toBeMade(server) && port.text("macAddress") != "" {
			replaced = append(replaced, node.Name)
		}
	}
	if len(replaced) < 2 {
		return nil
	}
	return []Finding{{Message: fmt.Sprintf("the servers of %s would be replaced together", strings.Join(replaced, ", "))}}
}

// toBeMade reports whether a preview has a resource made: then its provider
// answers with an id that is empty or not known.
func toBeMade(r Resource) bool {
	id := r.at("id")
	return id.IsComputed() || id.IsString() && id.AsString() == ""
}
