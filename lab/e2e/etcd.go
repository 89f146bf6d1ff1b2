package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// etcdctl runs beside the etcd of a machine, wherever that is: in a static pod
// or on the machine itself, of a control plane or a node of its own. The server's
// certificates are good for a client too.
const etcdctl = `pid=$(pgrep -xo etcd) || { echo "etcd does not run" >&2; exit 1; }
value() { tr '\0' '\n' <"/proc/$pid/cmdline" | sed -n "s/^--$1=//p"; }
exec nsenter --target "$pid" --mount -- etcdctl --endpoints https://127.0.0.1:2379 --cacert "$(value trusted-ca-file)" \
	--cert "$(value cert-file)" --key "$(value key-file)" "$@"`

func (l *lab) etcdctl(ctx context.Context, machine string, args ...string) (string, error) {
	return l.inside(ctx, machine, append([]string{"sh", "-c", etcdctl, "sh"}, args...)...)
}

// etcdMachines are the machines on which etcd runs.
func (l *lab) etcdMachines(ctx context.Context) ([]string, error) {
	machines, err := l.local().Machines()
	if err != nil {
		return nil, err
	}
	var found []string
	for _, m := range machines {
		if _, err := l.inside(ctx, m.Name, "pgrep", "-x", "etcd"); err == nil {
			found = append(found, m.Name)
		}
	}
	slices.Sort(found)
	if len(found) == 0 {
		return nil, errors.New("etcd runs on no machine")
	}
	return found, nil
}

// etcdIsWhole wants exactly one started, voting member on each machine on which
// etcd runs, all of them healthy, and those to be the machines of the stack.
func etcdIsWhole(ctx context.Context, st *stage) error {
	want, err := st.hosts()
	if err != nil {
		return err
	}
	machines, err := st.etcdMachines(ctx)
	if err != nil {
		return err
	}
	if !slices.Equal(machines, want.etcd) {
		return fmt.Errorf("etcd runs on %v, want %v", machines, want.etcd)
	}
	out, err := st.etcdctl(ctx, machines[0], "member", "list", "--write-out=json")
	if err != nil {
		return err
	}
	members, err := votingMembers(out)
	if err != nil {
		return err
	}
	if !slices.Equal(members, machines) {
		return fmt.Errorf("the members of etcd are %v, want %v", members, machines)
	}
	_, err = st.etcdctl(ctx, machines[0], "endpoint", "health", "--cluster")
	return err
}

// votingMembers are the names in a member list; an error names what is not
// started, or still learns.
func votingMembers(memberList string) ([]string, error) {
	var list struct {
		Members []struct {
			ID      uint64
			Name    string
			Learner bool `json:"isLearner"`
			Peers   []string
		}
	}
	if err := json.Unmarshal([]byte(memberList), &list); err != nil {
		return nil, fmt.Errorf("reading the member list of etcd: %w", err)
	}
	var names []string
	for _, m := range list.Members {
		if m.Name == "" || m.Learner {
			return nil, fmt.Errorf("member %q (%x) of etcd has not started or still learns", m.Name, m.ID)
		}
		names = append(names, m.Name)
	}
	slices.Sort(names)
	return names, nil
}

// etcdLeader is the machine whose member leads.
func (l *lab) etcdLeader(ctx context.Context) (string, error) {
	machines, err := l.etcdMachines(ctx)
	if err != nil {
		return "", err
	}
	for _, m := range machines {
		out, err := l.etcdctl(ctx, m, "endpoint", "status", "--write-out=json")
		if err != nil {
			return "", err
		}
		var status []struct {
			Status struct {
				Leader uint64
				Header struct {
					Member uint64 `json:"member_id"`
				}
			}
		}
		if err := json.Unmarshal([]byte(out), &status); err != nil {
			return "", fmt.Errorf("reading the status of etcd on %s: %w", m, err)
		}
		if len(status) == 1 && status[0].Status.Leader == status[0].Status.Header.Member {
			return m, nil
		}
	}
	return "", fmt.Errorf("none of %s leads etcd", strings.Join(machines, ", "))
}
