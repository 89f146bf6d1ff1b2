package main

import (
	"context"
	"encoding/json"
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
		}, wholeCluster(
			step{"etcd has each control plane once", etcdIsWhole},
			step{"one control plane holds the VIP", func(ctx context.Context, st *stage) error { _, err := st.holder(ctx); return err }},
		)...),
			step{"the hosts go away", forgetHosts},
			step{"make down", tearDown},
			step{"this machine is as it was", hostIsClean},
		),
	}
}

// hostRoles are the four machines; the API's address is another one of their network.
var hostRoles = map[string]string{"h1": "control-plane", "h2": "control-plane", "h3": "control-plane", "h4": "worker"}

const hostsVIP = "10.81.0.100"

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

// describeHosts writes the stack's file and puts the private key into it the way a
// user would.
func describeHosts(ctx context.Context, st *stage) error {
	out, err := st.run(ctx, command{argv: []string{"bin/lab", "hosts", "status", "--json"}, env: os.Environ()})
	if err != nil {
		return err
	}
	var inventory existing.Inventory
	if err := json.Unmarshal([]byte(out), &inventory); err != nil {
		return fmt.Errorf("reading the hosts: %w", err)
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
	set := onStack(st.stack, "config", "set", "--secret", "--path", "slipway:hosts.privateKey")
	_, err = st.tool(ctx, command{argv: set, stdin: string(key)})
	return err
}

func describe(v values, inventory existing.Inventory) {
	machines := map[string]any{}
	for _, h := range inventory.Hosts {
		machine := map[string]any{"address": h.Address, "hostKey": strings.Join(strings.Fields(h.HostKey)[:2], " "), "role": hostRoles[h.Name]}
		if hostRoles[h.Name] == "worker" {
			machine["pool"] = "default"
		}
		machines[h.Name] = machine
	}
	onHosts(v, inventory.User, machines)
	v.at("slipway:cluster")["name"] = "hosts"
	v["slipway:endpoint"] = map[string]any{"type": "keepalived", "keepalived": map[string]any{"address": hostsVIP}}
}

// forgetHosts throws the machines away, and with them the need to destroy what
// is on them.
func forgetHosts(ctx context.Context, st *stage) error {
	_, err := st.run(ctx, command{argv: []string{"bin/lab", "hosts", "down"}, env: os.Environ()})
	_, removeErr := st.tool(ctx, command{argv: onStack(st.stack, "stack", "rm", "--yes", "--force", "--remove-backups")})
	return errors.Join(err, removeErr)
}
