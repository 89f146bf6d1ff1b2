package bootstrap

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// Step is one thing done on a node, by the script of that name.
type Step string

// The steps, in the order a node goes through them.
const (
	// Prepare brings the node to where kubeadm takes over: disks, kernel
	// settings, binaries, containerd, images.
	Prepare Step = "prepare"
	// StartProxy starts HAProxy and Keepalived, or has them read a changed configuration.
	StartProxy Step = "proxy"
	// StopProxy is what to run when the step StartProxy is deleted: it stops both
	// on a node whose files say that it is no proxy any more.
	StopProxy Step = "proxy-stop"
	// Init makes the cluster on its first control plane, or makes that node a
	// further control plane when the cluster exists already. The API is ready
	// when it ends.
	Init Step = "init"
	// Join makes the node a member.
	Join Step = "join"
	// Admit renews the bootstrap token; it runs on a control plane before joins.
	Admit Step = "admit"
	// WaitNodes waits until the nodes named on standard input, one per line,
	// are Ready and the cluster's own deployments are available.
	WaitNodes Step = "wait-nodes"
	// Settings brings changed settings of the API server (audit policy, keys of
	// the encryption at rest, whom to ask about tokens that are not the cluster's) to a control plane that is a member already.
	Settings Step = "settings"
	// Reencrypt encrypts all Secrets with the newest key; it runs on one control
	// plane after Settings on all of them.
	Reencrypt Step = "reencrypt"
	// WaitCloud waits until the cloud controller manager has told about the nodes
	// named on standard input, one per line.
	WaitCloud Step = "wait-cloud"
	// ReleaseBalancers has the cloud controller manager take away the load
	// balancers that it made for Services.
	ReleaseBalancers Step = "release-balancers"
	// ReleaseRecords has ExternalDNS take the records of the cluster out of their zones.
	ReleaseRecords Step = "release-records"
	// CheckVolumes fails while the cluster has volumes of Cinder.
	CheckVolumes Step = "check-volumes"
	// CheckDisks fails unless the disks named on standard input, one per line, are
	// blank or Ceph's.
	CheckDisks Step = "check-disks"
	// WaitCeph waits until Rook has made what objects ask for; its arguments are the
	// namespace, the number of disks, and the objects, as kind/name.
	WaitCeph Step = "wait-ceph"
	// CheckCeph fails while the cluster has volumes or buckets of Ceph.
	CheckCeph Step = "check-ceph"
	// ClearCeph waits until Rook has cleared the disks of a Ceph cluster that is gone;
	// its argument is the namespace.
	ClearCeph Step = "clear-ceph"
	// WaitAvailable waits until an operator has taken over objects of a namespace;
	// its arguments are the namespace and the objects, as kind/name.
	WaitAvailable Step = "wait-available"
	// WaitElastic waits until ECK says that objects are well; its arguments are the
	// namespace and the objects, as kind/name.
	WaitElastic Step = "wait-elastic"
	// WaitAdmitted waits until the API server admits the object on standard input.
	WaitAdmitted Step = "wait-admitted"
	// EtcdMember makes a dedicated etcd member. It waits for a majority of the
	// members, so it has to run on all of them at the same time.
	EtcdMember Step = "etcd-member"
	// member succeeds when a node is registered, see MemberCommand.
	member Step = "member"
	// Leave takes a control plane out of a cluster that goes on without it; it
	// runs on that node.
	Leave Step = "leave"
	// drain empties a node and removes it from the cluster, see DrainCommand.
	drain Step = "drain"
)

// Command returns the command line of a step.
func Command(s Step) string {
	return "sudo -n " + ScriptDir + "/" + string(s) + ".sh"
}

// DrainCommand returns the command line that, on a control plane, moves the
// pods of a node elsewhere and removes its Node object. A node that is unknown
// to the cluster counts as removed.
func DrainCommand(node string) (string, error) {
	if !nodeName.MatchString(node) {
		return "", fmt.Errorf("draining %q: not a node name", node)
	}
	return Command(drain) + " " + node, nil
}

// Digest returns a value that changes when a step has to run again: what the
// step installs for Prepare and StartProxy, the files of the API server for
// Settings, the node's identity for those that make it a member. Changed kubeadm
// or kubelet settings do not reach a node that is a member already;
// that takes an upgrade step of its own.
func Digest(files []File, s Step) string {
	hash := sha256.New()
	for _, f := range slices.SortedFunc(slices.Values(files), func(a, b File) int { return cmp.Compare(a.Path, b.Path) }) {
		if slices.Contains(f.steps, s) {
			fmt.Fprintf(hash, "%s %o %d\n%s\n", f.Path, f.Mode, len(f.Content), f.Content)
		}
	}
	return hex.EncodeToString(hash.Sum(nil)[:8])
}
