package config

// QuorumProblem says what is wrong with a number of members of etcd, or nothing.
func QuorumProblem(members int) string {
	if members%2 == 1 {
		return ""
	}
	return "must be an odd number of nodes: etcd survives no more failures with one node more"
}
