package bootstrap

import "fmt"

// MemberCommand returns the command line that, on a control plane, succeeds
// when the node is registered with the cluster.
func MemberCommand(node string) (string, error) {
	if !nodeName.MatchString(node) {
		return "", fmt.Errorf("looking up %q: not a node name", node)
	}
	return Command(member) + " " + node, nil
}
