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

// inventory is what the lab tells of the hosts.
func (st *stage) inventory(ctx context.Context) (existing.Inventory, error) {
	var inventory existing.Inventory
	out, err := st.run(ctx, command{argv: []string{"bin/lab", "hosts", "status", "--json"}, env: os.Environ()})
	if err == nil {
		err = json.Unmarshal([]byte(out), &inventory)
	}
	if err != nil {
		return inventory, fmt.Errorf("reading the hosts: %w", err)
	}
	return inventory, nil
}

// onHost runs a script on an existing host as its ordinary user.
func (st *stage) onHost(ctx context.Context, inventory existing.Inventory, name, script string) (string, error) {
	for _, h := range inventory.Hosts {
		if h.Name != name {
			continue
		}
		known, err := os.CreateTemp("", "known-hosts")
		if err != nil {
			return "", err
		}
		defer os.Remove(known.Name())
		_, err = fmt.Fprintln(known, h.Address, h.HostKey)
		if err = errors.Join(err, known.Close()); err != nil {
			return "", err
		}
		return st.run(ctx, command{env: os.Environ(), argv: []string{
			"ssh", "-i", inventory.PrivateKeyFile, "-o", "BatchMode=yes", "-o", "UserKnownHostsFile=" + known.Name(), inventory.User + "@" + h.Address, script,
		}})
	}
	return "", fmt.Errorf("there is no host %s", name)
}

// refuseOccupiedHost puts the sign of a foreign node on one host.
func refuseOccupiedHost(ctx context.Context, st *stage) error {
	inventory, err := st.inventory(ctx)
	if err != nil {
		return err
	}
	const sign = "/etc/kubernetes/kubelet.conf"
	if _, err := st.onHost(ctx, inventory, "h3", "sudo mkdir -p /etc/kubernetes && sudo touch "+sign); err != nil {
		return err
	}
	for _, target := range []string{"preview", "up"} {
		out, err := st.make(ctx, target, nil)
		if err == nil {
			return fmt.Errorf("make %s goes on", target)
		}
		if want := "slipway:hosts.machines[h3]: holds a Kubernetes node that Slipway did not make (" + sign + ")"; !strings.Contains(out, want) {
			return fmt.Errorf("make %s fails without saying %q", target, want)
		}
	}
	for _, h := range inventory.Hosts {
		if _, err := st.onHost(ctx, inventory, h.Name, "test ! -e /etc/slipway && test ! -e /var/lib/slipway-owner"); err != nil {
			return fmt.Errorf("%s was changed: %w", h.Name, err)
		}
	}
	_, err = st.onHost(ctx, inventory, "h3", "sudo rm -r /etc/kubernetes")
	return err
}

// occupied prints what is left of a cluster on a host.
const occupied = `for path in /etc/slipway /opt/slipway /opt/bin/kubelet /opt/cni /etc/kubernetes /etc/containerd /etc/cni/net.d /var/lib/slipway /var/lib/slipway-owner /var/lib/kubelet /var/lib/etcd \
  /var/lib/containerd /etc/systemd/system/kubelet.service /etc/systemd/system/containerd.service /etc/sysctl.d/90-slipway.conf; do
  if [ -e "$path" ]; then echo "$path"; fi
done
ps -eo comm= | grep -xE 'kubelet|containerd|containerd-shim.*|kube-.*|etcd|haproxy|keepalived|coredns|flanneld' || :
ip -o link | grep -oE 'cni0|flannel\.1' || :
ip -o -4 address show to ` + hostsVIP + `/32`

// hostsAreFree wants nothing of the cluster on any host.
func hostsAreFree(ctx context.Context, st *stage) error {
	inventory, err := st.inventory(ctx)
	if err != nil {
		return err
	}
	var problems []error
	for _, h := range inventory.Hosts {
		left, err := st.onHost(ctx, inventory, h.Name, occupied)
		if err == nil && strings.TrimSpace(left) != "" {
			err = fmt.Errorf("%s still has%s", h.Name, indent(strings.Split(strings.TrimSpace(left), "\n")))
		}
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}
