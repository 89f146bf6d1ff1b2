package policy

import (
	"fmt"
	"strings"

	"slipway/internal/config"
)

const (
	typeControlPlane = "slipway:index:ControlPlane"
	typePlanePorts   = "slipway:index:ControlPlanePorts"
	typeNode         = "slipway:index:Node"
	typeCommand      = "command:remote:Command"
	typeServer       = "openstack:compute/instance:Instance"
	typeServerGroup  = "openstack:compute/serverGroup:ServerGroup"
)

func controlPlaneRules() []Rule {
	return []Rule{
		{
			ID: "odd-control-planes", Level: Mandatory, Title: "The number of etcd members is odd",
			Why:   "etcd survives no more failures with one member more, and has one more that can fail.",
			Mend:  "Add or remove a node of slipway:controlPlane.nodes, or of slipway:etcd.nodes",
			Stack: oddMembers,
		},
		{
			ID: "enough-control-planes", Level: Mandatory, Title: "Production survives the loss of a control plane",
			Why:  "With a single control plane, a host that fails takes the API and the only copy of etcd along.",
			Mend: "List more nodes in slipway:controlPlane.nodes", Limits: []string{"controlPlanes"}, Production: true,
			Stack: enoughControlPlanes,
		},
		{
			ID: "control-planes-apart", Level: Mandatory, Title: "Production keeps members of etcd on different hosts",
			Why:  "Two members on one host are one failure away from no quorum.",
			Mend: "Leave slipway:controlPlane.serverGroupPolicy at anti-affinity", Production: true,
			Stack: membersApart,
		},
		{
			ID: "etcd-on-volumes", Level: Mandatory, Title: "Production keeps etcd on volumes of its own",
			Why:  "On the root disk etcd shares latency with everything else, and goes with the server.",
			Mend: "Set slipway:etcd.volume", Production: true,
			Stack: etcdOnVolumes,
		},
	}
}

// members are the nodes that run etcd: dedicated ones, or else the control
// planes, which alone are told settings. Both have a component below the
// control plane's.
func (s Stack) members() (members []Resource, what string) {
	if dedicated := s.nodesWith("etcd-member"); len(dedicated) > 0 {
		return dedicated, "etcd members"
	}
	return s.controlPlanes(), "control planes"
}

func (s Stack) controlPlanes() []Resource { return s.nodesWith("settings") }

// nodesWith are the nodes that a step is for. It is called <node>-<step>.
func (s Stack) nodesWith(step string) []Resource {
	var nodes []Resource
	for _, r := range s.ofType(typeNode) {
		if _, ok := s.named(typeCommand, r.Name+"-"+step); ok {
			nodes = append(nodes, r)
		}
	}
	return nodes
}

func oddMembers(s Stack, _ Settings) []Finding {
	members, what := s.members()
	if problem := config.QuorumProblem(len(members)); len(members) > 0 && problem != "" {
		return []Finding{{Message: fmt.Sprintf("%d %s: %s", len(members), what, problem)}}
	}
	return nil
}

func enoughControlPlanes(s Stack, set Settings) []Finding {
	if n := len(s.controlPlanes()); n > 0 && n < set.Limits.ControlPlanes {
		return []Finding{{Message: fmt.Sprintf("there are %d control planes, production has at least %d", n, set.Limits.ControlPlanes)}}
	}
	return nil
}

// membersApart looks at the server of each member: it must ask for a server
// group, and the groups of members must not be soft.
func membersApart(s Stack, _ Settings) []Finding {
	members, _ := s.members()
	if len(members) < 2 {
		return nil
	}
	var findings []Finding
	for _, node := range members {
		server, ok := s.named(typeServer, node.Name+"-server")
		if !ok {
			continue // a machine that nobody made: where it stands, its owner knows
		}
		if hints := server.at("schedulerHints"); hints.IsNull() || hints.IsArray() && len(listOf(hints)) == 0 {
			findings = append(findings, blame(server, "asks for no server group"))
		}
	}
	for _, group := range s.ofType(typeServerGroup) {
		if !group.below(typeControlPlane, typePlanePorts) || strings.Contains(group.Name, "-proxy-") {
			continue
		}
		for _, policy := range group.list("policies") {
			if p := textOf(policy); p != "" && p != string(config.AntiAffinity) {
				findings = append(findings, blame(group, "has the policy %s, which allows two members on one host", p))
			}
		}
	}
	return findings
}

func etcdOnVolumes(s Stack, _ Settings) []Finding {
	var findings []Finding
	members, _ := s.members()
	for _, node := range members {
		_, made := s.named(typeServer, node.Name+"-server")
		if _, ok := s.named(typeVolume, node.Name+"-etcd"); made && !ok {
			findings = append(findings, blame(node, "has etcd on its root disk"))
		}
	}
	return findings
}
