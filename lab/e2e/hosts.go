package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	existing "slipway/lab/internal/hosts"
)

// onExistingHosts: no OpenStack is involved, the local cloud does not even run.
func onExistingHosts() scenario {
	return scenario{
		name: "hosts", story: "the same cluster on four machines that exist already, the VIP in their network",
		stack: hostsStack, needs: nothing, leaves: nothing, long: true,
		steps: append(append([]step{
			{"make tools, for the mirror", makeTools},
			{"lab hosts up", hostsUp},
			{"a stack's file for these hosts", describeHosts},
			{"a host that holds something else is refused before anything is changed", refuseOccupiedHost},
		}, wholeCluster(
			step{"etcd has each control plane once", etcdIsWhole},
			step{"one control plane holds the VIP", func(ctx context.Context, st *stage) error { _, err := st.holder(ctx); return err }},
			step{"a Service answers at an address of the machines' network", serviceAnswersOnHosts},
		)...),
			step{"make destroy", func(ctx context.Context, st *stage) error { _, err := st.make(ctx, "destroy", nil); return err }},
			step{"the hosts are as before, but for packages", hostsAreFree},
			step{"the hosts go away", forgetHosts},
			step{"make down", tearDown},
			step{"this machine is as it was", hostIsClean},
		),
	}
}

// hostRoles are the four machines; the API's address is another one of their network.
var hostRoles = map[string]string{"h1": "control-plane", "h2": "control-plane", "h3": "control-plane", "h4": "worker"}

const hostsVIP = "10.81.0.100"

// hostsService is the address of the first Service.
const hostsService = "10.81.0.200"

func serviceAnswersOnHosts(ctx context.Context, st *stage) error {
	if err := st.announce(ctx, hostsService); err != nil {
		return err
	}
	if err := answers(ctx, hostsService); err != nil {
		return err
	}
	return withoutAnnounced(ctx, st)
}

func makeTools(ctx context.Context, st *stage) error {
	_, err := st.run(ctx, command{argv: []string{"make", "tools"}, env: os.Environ()})
	return err
}

func hostsUp(ctx context.Context, st *stage) error {
	if err := st.rememberHost(); err != nil {
		return err
	}
	_, err := st.run(ctx, command{argv: []string{"bin/lab", "hosts", "up", fmt.Sprint("--count=", len(hostRoles))}, env: os.Environ()})
	return err
}

// describeHosts writes the stack's file and puts the secrets into it the way a
// user would.
func describeHosts(ctx context.Context, st *stage) error {
	inventory, err := st.inventory(ctx)
	if err != nil {
		return err
	}
	if err := st.writeEdited(st.sourceFile(), func(v values) { describe(v, inventory) }); err != nil {
		return err
	}
	key, err := os.ReadFile(inventory.PrivateKeyFile)
	if err != nil {
		return err
	}
	if _, err := st.tool(ctx, command{argv: onStack(st.stack, "stack", "select", "--create")}); err != nil {
		return err
	}
	for path, secret := range map[string]string{"privateKey": string(key), "sudoPassword": existing.SudoPassword} {
		set := onStack(st.stack, "config", "set", "--secret", "--path", "slipway:hosts."+path)
		if _, err := st.tool(ctx, command{argv: set, stdin: secret}); err != nil {
			return err
		}
	}
	return nil
}

// describe has every way to recognise a machine: h1 and h2 by their keys, h3 by
// known_hosts, h4 by what it shows first. All are reached through h1. On h2 sudo
// wants a password, on the others it wants none.
func describe(v values, inventory existing.Inventory) {
	machines, known := map[string]any{}, ""
	var jump map[string]any
	for _, h := range inventory.Hosts {
		key := strings.Join(strings.Fields(h.HostKey)[:2], " ")
		machine := map[string]any{"address": h.Address, "role": hostRoles[h.Name]}
		switch h.Name {
		case "h1":
			jump = map[string]any{"address": h.Address, "hostKey": key}
			machine["hostKey"] = key
		case "h2":
			machine["hostKey"] = key
		case "h3":
			known = h.Address + " " + key + "\n"
		case "h4":
			machine["pool"] = "default"
		}
		machines[h.Name] = machine
	}
	onHosts(v, inventory.User, machines)
	hosts := v.at("slipway:hosts")
	hosts["knownHosts"], hosts["trustOnFirstUse"], hosts["jump"] = known, true, jump
	v.at("slipway:cluster")["name"] = "hosts"
	v["slipway:endpoint"] = map[string]any{"type": "keepalived", "keepalived": map[string]any{"address": hostsVIP}}
	v["slipway:metalLB"] = map[string]any{
		"enabled": true, "pools": map[string]any{"default": map[string]any{"addresses": []string{hostsService + "-10.81.0.210"}}},
	}
}

// forgetHosts throws the machines away, and with them the need to destroy what
// is on them.
func forgetHosts(ctx context.Context, st *stage) error {
	_, err := st.run(ctx, command{argv: []string{"bin/lab", "hosts", "down"}, env: os.Environ()})
	_, removeErr := st.tool(ctx, command{argv: onStack(st.stack, "stack", "rm", "--yes", "--force", "--remove-backups")})
	return errors.Join(err, removeErr)
}
