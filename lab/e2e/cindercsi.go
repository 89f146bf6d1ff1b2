package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// cinderCSI: claims of the cluster get volumes of the cloud that it runs on.
func cinderCSI() scenario {
	return scenario{
		name: "cinder-csi", story: "a claim gets a volume of Cinder that follows its pod, grows and is snapshot; nothing is left",
		stack: cinderStack, needs: cloud, leaves: cloud, long: true,
		steps: []step{
			{"make up", makeUp},
			{"every node is Ready", nodesReady},
			{"the driver serves every node", driverServes},
			{"a claim gets a volume, attached to its pod's node", claimVolume},
			{"the pod moves to another node, its data with it", moveClaim},
			{"a snapshot of the claim is one of Cinder", snapshotClaim},
			{"the volume grows with the claim, under the pod", growClaim},
			{"make up reports no change", secondUp},
			{"out of the configuration, it stays while a claim has a volume", keptByClaim},
			{"claim and snapshot take theirs along", deleteClaim},
			{"out of the configuration, nothing of it is left", withoutCinderCSI},
			{"make destroy", destroyStack},
			{"the project is empty", projectIsEmpty},
		},
	}
}

func driverServes(ctx context.Context, st *stage) error {
	out, err := st.kubectl(ctx, "get", "csinodes", `--output=jsonpath={range .items[*]}{.metadata.name} {.spec.drivers[*].name}{"\n"}{end}`)
	if err != nil {
		return err
	}
	nodes, err := st.hosts()
	if err != nil {
		return err
	}
	var want []string
	for _, node := range nodes.all() {
		want = append(want, node+" cinder.csi.openstack.org")
	}
	if got := strings.Split(strings.TrimSpace(out), "\n"); !slices.Equal(got, want) {
		return fmt.Errorf("nodes and their drivers are %q, want %q", got, want)
	}
	return nil
}

// keptByClaim takes the driver out of the configuration. That is refused, and the
// driver is there afterwards.
func keptByClaim(ctx context.Context, st *stage) error {
	out, err := st.upWith(ctx, func(v values) { delete(v, "slipway:cinderCSI") })
	if err == nil {
		return errors.New("the driver was removed while a claim has a volume")
	}
	for _, want := range []string{"snapshots of Cinder: snapcontent-", "volumes of Cinder: pvc-", " of default/data"} {
		if !strings.Contains(out, want) {
			return fmt.Errorf("the error has no %q: %w", want, err)
		}
	}
	return driverServes(ctx, st)
}

func withoutCinderCSI(ctx context.Context, st *stage) error {
	if _, err := st.upWith(ctx, func(v values) { delete(v, "slipway:cinderCSI") }); err != nil {
		return err
	}
	if left, err := st.owned(ctx, "application credential"); err != nil || len(left) > 0 {
		return errors.Join(err, fmt.Errorf("application credential %v is left", left))
	}
	out, err := st.kubectl(ctx, "get", "csidrivers,storageclasses", "--output=name")
	if err != nil {
		return err
	}
	workloads, err := st.kubectl(ctx, "--namespace", "kube-system", "get", "deployments,daemonsets,secrets", "--output=name")
	if err == nil && (out != "" || strings.Contains(workloads, "cinder") || strings.Contains(workloads, "snapshot")) {
		err = fmt.Errorf("the cluster still has\n%s%s", out, workloads)
	}
	return err
}
