package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// sharedNetwork is about two clusters in a network that is a stack of its own.
func sharedNetwork() scenario {
	onBlue := func(do func(context.Context, *stage) error) func(context.Context, *stage) error {
		return withStack(sharedBlueStack, do)
	}
	onGreen := func(do func(context.Context, *stage) error) func(context.Context, *stage) error {
		return withStack(sharedGreenStack, do)
	}
	return scenario{
		name: "shared-network", story: "two clusters of three control planes in one network, each with its own VIP; one goes, the other stays",
		stack: sharedNetworkStack, needs: cloud, leaves: cloud, long: true,
		steps: []step{
			{"before there is a network, a cluster is refused with its stack's name", onBlue(needsNetwork)},
			{"make up of the network", makeUp},
			{"make up of blue", onBlue(makeUp)},
			{"every node of blue is Ready", onBlue(nodesReady)},
			{"green is refused with a name, an address or a router id of blue", onGreen(collides)},
			{"make up of green", onGreen(makeUp)},
			{"every node of green is Ready", onGreen(nodesReady)},
			{"every node of blue still is", onBlue(nodesReady)},
			{"each has a VIP of its own", haveOwnVIPs},
			{"a server pod and a client pod in green", onGreen(startPods)},
			{"pod reaches Service by DNS name", onGreen(podToService)},
			{"the pods go away", onGreen(removePods)},
			{"make up of blue reports no change", onBlue(secondUp)},
			{"make destroy of the network is refused with both names", keepsNetwork("blue", "green")},
			{"make destroy of blue", onBlue(destroyStack)},
			{"every node of green is Ready", onGreen(nodesReady)},
			{"one control plane of green holds its VIP", onGreen(vipHasHolder)},
			{"make up of green reports no change", onGreen(secondUp)},
			{"make destroy of the network is refused with green's name", keepsNetwork("green")},
			{"make destroy of green", onGreen(destroyStack)},
			{"make up of the network reports no change", secondUp},
			{"make destroy of the network", destroyStack},
			{"the project is empty", projectIsEmpty},
		},
	}
}

// onlyNetwork is a network that is a stack of its own.
func onlyNetwork(v values, name, cidr string) {
	for key := range v {
		if key != "openstack:cloud" {
			delete(v, key)
		}
	}
	v["slipway:stack"] = "network"
	v["slipway:openstack"] = map[string]any{"externalNetwork": "external"}
	v["slipway:network"] = map[string]any{"name": name, "cidr": cidr}
}

// sharing is a small cluster in the shared network: three control planes that run
// pods, with an address of its own.
func sharing(v values, name, address string) {
	v.at("slipway:cluster")["name"] = name
	v["slipway:network"] = map[string]any{"stack": sharedNetworkStack}
	v.at("slipway:controlPlane")["nodes"] = nodes("cp1", "cp2", "cp3")
	v.at("slipway:controlPlane")["schedulable"] = true
	delete(v, "slipway:workerPools")
	v["slipway:endpoint"] = map[string]any{"type": "keepalived", "floatingIP": true, "keepalived": map[string]any{"address": address}}
}

// withStack does a step with another stack, whose file is written first.
func withStack(stack string, do func(context.Context, *stage) error) func(context.Context, *stage) error {
	return func(ctx context.Context, st *stage) error {
		other := st.on(stack)
		if err := other.writeStackFile(); err != nil {
			return err
		}
		return do(ctx, other)
	}
}

// refused wants a command to fail, and to say all this.
func refused(out string, err error, parts ...string) error {
	if err == nil {
		return errors.New("it was not refused")
	}
	var missing []string
	for _, part := range parts {
		if !strings.Contains(out, part) {
			missing = append(missing, part)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("it failed without saying%s", indent(missing))
	}
	return nil
}

func needsNetwork(ctx context.Context, st *stage) error {
	// Nothing of the empty cloud's preview is left: the network's stack does not exist, or has no output.
	out, err := st.make(ctx, "preview", nil)
	return refused(out, err, "slipway:network.stack: Invalid value: \""+sharedNetworkStack+"\": the stack organization/slipway/"+sharedNetworkStack)
}

// collides previews green with what blue has.
func collides(ctx context.Context, st *stage) error {
	for _, mistake := range []struct {
		make func(values)
		says string
	}{
		{func(v values) { v.at("slipway:cluster")["name"] = "blue" }, `slipway:cluster.name: Invalid value: "blue": is that of stack ` + sharedBlueStack},
		{func(v values) { v.at("slipway:endpoint", "keepalived")["address"] = "10.20.0.20" },
			`slipway:endpoint.keepalived.address: Invalid value: "10.20.0.20": is the virtual address of stack ` + sharedBlueStack},
		{func(v values) { v.at("slipway:endpoint", "keepalived")["virtualRouterID"] = 20 },
			`slipway:endpoint.keepalived.virtualRouterID: Invalid value: 20: is that of stack ` + sharedBlueStack},
	} {
		out, err := st.makeWith(ctx, "preview", mistake.make)
		if err := refused(out, err, mistake.says); err != nil {
			return err
		}
	}
	return st.writeStackFile()
}

// vipHasHolder wants exactly one machine with the VIP. Ports of other clusters are
// nobody's concern here.
func vipHasHolder(ctx context.Context, st *stage) error {
	holder, err := st.holder(ctx)
	if err != nil {
		return err
	}
	hosts, err := st.hosts()
	if err == nil && !strings.HasPrefix(holder, hosts.cluster+"-") {
		err = fmt.Errorf("%s holds the VIP of %s", holder, hosts.cluster)
	}
	st.say("%s holds the VIP", holder)
	return err
}

func haveOwnVIPs(ctx context.Context, st *stage) error {
	seen := map[string]string{}
	for _, stack := range []string{sharedBlueStack, sharedGreenStack} {
		vip, err := st.on(stack).vip(ctx)
		if err != nil {
			return err
		}
		if other := seen[vip]; other != "" {
			return fmt.Errorf("%s and %s both have the VIP %s", other, stack, vip)
		}
		seen[vip] = stack
		if err := vipHasHolder(ctx, st.on(stack)); err != nil {
			return err
		}
	}
	return nil
}

// keepsNetwork wants the network to stay as it is as long as clusters use it.
func keepsNetwork(clusters ...string) func(context.Context, *stage) error {
	return func(ctx context.Context, st *stage) error {
		before, err := st.owned(ctx, "port")
		if err != nil {
			return err
		}
		out, err := st.make(ctx, "destroy", nil)
		if err := refused(out, err, "network shared is in use by "+strings.Join(clusters, ", ")+": destroy what joins it first"); err != nil {
			return err
		}
		after, err := st.owned(ctx, "port")
		if err == nil && len(after) != len(before) {
			err = fmt.Errorf("the project has %d ports, before it had %d", len(after), len(before))
		}
		return err
	}
}
