package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/security/groups"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/security/rules"
)

// drift has somebody change the cloud behind the stack's back.
func drift() scenario {
	return scenario{
		name: "drift", story: "make drift says what somebody changed in the cloud, an update puts it back",
		stack: haStack, needs: cluster, leaves: cluster, long: true,
		steps: []step{
			{"make drift finds nothing", noDrift},
			{"somebody deletes the rule that admits SSH to the bastion", deleteSSHRule},
			{"make drift fails and names it", findDrift},
			{"pulumi up --refresh puts it back", upRefreshed},
			{"make drift finds nothing", noDrift},
		},
	}
}

func noDrift(ctx context.Context, st *stage) error {
	start := time.Now()
	_, err := st.make(ctx, "drift", nil)
	st.say("make drift took %.1f s", time.Since(start).Seconds())
	return err
}

func deleteSSHRule(ctx context.Context, st *stage) error {
	neutron, err := st.network(ctx)
	if err != nil {
		return err
	}
	page, err := groups.List(neutron, groups.ListOpts{Name: "ha-bastion"}).AllPages(ctx)
	if err != nil {
		return err
	}
	found, err := groups.ExtractGroups(page)
	if err != nil {
		return err
	}
	if len(found) != 1 {
		return fmt.Errorf("%d security groups are called ha-bastion, want 1", len(found))
	}
	for _, rule := range found[0].Rules {
		if rule.Direction == string(rules.DirIngress) && rule.PortRangeMin == 22 {
			return rules.Delete(ctx, neutron, rule.ID).ExtractErr()
		}
	}
	return errors.New("ha-bastion admits no SSH")
}

func findDrift(ctx context.Context, st *stage) error {
	out, err := st.make(ctx, "drift", nil)
	if err == nil {
		return errors.New("make drift found nothing")
	}
	for line := range strings.Lines(out) {
		if strings.Contains(line, "SecGroupRule") && strings.Contains(line, "ha-bastion-ssh") && strings.Contains(line, "create") {
			return nil
		}
	}
	return fmt.Errorf("make drift failed without saying that a rule of ha-bastion is gone: %w", err)
}

func upRefreshed(ctx context.Context, st *stage) error {
	_, err := st.pulumi(ctx, "up", "--refresh", "--yes", "--skip-preview", "--suppress-outputs")
	return err
}
