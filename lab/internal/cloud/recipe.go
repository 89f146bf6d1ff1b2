// Package cloud is the machine that runs OpenStack: its image, its
// configuration, its start, its state of health.
package cloud

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"slipway/lab/internal/image"
	"slipway/lab/internal/nspawn"
)

// packages is the image below the cloud's: Debian's OpenStack as it comes.
// Kept apart from the configured cloud, because it takes longest to build and
// changes least.
func packages() image.Recipe {
	return image.Recipe{
		Name: "openstack",
		Packages: []string{
			"systemd", "systemd-sysv", "procps", "iproute2", "iputils-ping", "iputils-arping",
			"iptables", "ebtables", "ipset", "bridge-utils", "curl", "openssl",
			"mariadb-server", "rabbitmq-server", "memcached", "gunicorn",
			"keystone", "glance-api", "placement-api",
			"neutron-server", "neutron-linuxbridge-agent", "neutron-l3-agent", "neutron-dhcp-agent", "neutron-metadata-agent",
			// Of nova-compute's flavors the one without a hypervisor of its own.
			"nova-api", "nova-conductor", "nova-scheduler", "nova-compute", "nova-compute-ironic",
			"cinder-api", "cinder-scheduler", "cinder-volume",
			"octavia-api", "octavia-worker",
			"designate-api", "designate-central", "designate-worker", "designate-mdns", "bind9",
			"python3-openstackclient", "python3-octaviaclient", "python3-designateclient",
		},
		// The set-up is ours; the packages' own would ask questions or create databases.
		Debconf: []string{
			"dbconfig-common dbconfig-common/dbconfig-install boolean false",
			"dbconfig-common dbconfig-common/dbconfig-upgrade boolean false",
			"keystone keystone/configure_db boolean false",
			"keystone keystone/create-admin-tenant boolean false",
			"keystone keystone/register-endpoint boolean false",
			"glance-common glance/configure_db boolean false",
			"placement-common placement/configure_db boolean false",
			"neutron-common neutron/configure_db boolean false",
			"nova-common nova/configure_db boolean false",
			"cinder-common cinder/configure_db boolean false",
			"octavia-common octavia/configure_db boolean false",
			"designate-common designate/configure_db boolean false",
		},
	}
}

// Recipe is the cloud as it is after its first start: set up once, while the
// image is made, so that a fresh lab starts as fast as one that was stopped.
func Recipe() (image.Recipe, error) {
	example, err := files(Secrets{})
	if err != nil {
		return image.Recipe{}, err
	}
	base := packages()
	r := image.Recipe{Name: "cloud", Base: &base, Customize: bake, Inputs: unwanted}
	for _, name := range slices.Sorted(maps.Keys(example)) {
		r.Inputs = append(r.Inputs, name, example[name])
	}
	return r, nil
}

// unwanted are units that the packages enable, or systemd itself, and that the
// cloud does without: they would touch the host's kernel or do nothing.
var unwanted = []string{
	"epmd.socket", "iscsid.socket", "dm-event.socket", "dbus.socket",
	"lvm2-monitor.service", "lvm2-lvmpolld.socket", "blk-availability.service", "open-iscsi.service",
	"systemd-pstore.service", "systemd-modules-load.service", "systemd-sysctl.service", "kmod-static-nodes.service",
	"systemd-udevd.service", "systemd-udevd-control.socket", "systemd-udevd-kernel.socket", "systemd-udev-trigger.service",
	"dev-hugepages.mount", "dev-mqueue.mount", "proc-sys-fs-binfmt_misc.automount",
	"sys-fs-fuse-connections.mount", "sys-kernel-config.mount", "sys-kernel-debug.mount", "sys-kernel-tracing.mount",
	"apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer",
	"fstrim.timer", "logrotate.timer", "systemd-tmpfiles-clean.timer",
}

const (
	buildMachine = "build-cloud" // the group that package image cleans up
	buildNetns   = "slipway-build"
	secretsFile  = conf + "secrets.json"
)

// bake boots the configured machine once, runs the set-up in it, and keeps what
// it wrote as the image.
func bake(ctx context.Context, tree image.Tree) (err error) {
	m := nspawn.Machine{
		Name: buildMachine, Dir: filepath.Join(tree.Scratch, "machine"), Layers: tree.Lower,
		Netns: buildNetns, InitArgs: []string{"--unit=basic.target"},
	}
	defer func() {
		err = errors.Join(err, m.Kill(), m.Unmount(), nspawn.DeleteNetns(context.WithoutCancel(ctx), buildNetns))
	}()
	if err := isolatedNetwork(ctx); err != nil {
		return err
	}
	if err := configure(m); err != nil {
		return err
	}
	tree.Progress("cloud: booting for the first time")
	if err := m.Start(ctx); err != nil {
		return err
	}
	if err := setUp(ctx, m, tree.Progress); err != nil {
		return err
	}
	tree.Progress("cloud: shutting down")
	if err := m.Stop(ctx, time.Minute); err != nil {
		return err
	}
	if err := m.Unmount(); err != nil {
		return err
	}
	return os.Rename(m.Upper(), tree.Dir)
}

// isolatedNetwork gives the build the cloud's address on a cable to nowhere, so
// that an image can be built while a lab is running.
func isolatedNetwork(ctx context.Context) error {
	if err := nspawn.DeleteNetns(ctx, buildNetns); err != nil {
		return err
	}
	if err := nspawn.EnsureNetns(ctx, buildNetns); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"link", "add", "eth0", "type", "bridge"},
		{"address", "add", Address + "/24", "dev", "eth0"},
		{"link", "set", "eth0", "up"},
	} {
		if err := nspawn.IP(ctx, append([]string{"-n", buildNetns}, args...)...); err != nil {
			return err
		}
	}
	return nil
}

func configure(m nspawn.Machine) error {
	secrets := newSecrets()
	rendered, err := files(secrets)
	if err != nil {
		return err
	}
	text, err := json.Marshal(secrets)
	if err != nil {
		return err
	}
	rendered[secretsFile] = string(text)
	// What Debian generated is as good as known to everyone with this cache.
	rendered["/etc/resolv.conf"] = ""
	rendered["/etc/machine-id"] = ""
	if err := m.Mount(); err != nil {
		return err
	}
	if err := write(m.Root(), rendered); err != nil {
		return err
	}
	for _, unit := range unwanted {
		file := filepath.Join(m.Root(), "etc/systemd/system", unit)
		if err := os.Symlink("/dev/null", file); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}

// setUp runs the set-up script and reports its steps.
func setUp(ctx context.Context, m nspawn.Machine, progress func(string)) error {
	cmd, err := m.Command(ctx, "/usr/local/lib/slipway/setup")
	if err != nil {
		return err
	}
	var problems bytes.Buffer
	cmd.Stderr = &problems
	steps, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	for lines := bufio.NewScanner(steps); lines.Scan(); {
		progress("cloud: " + lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("setting up OpenStack: %w\n%s", err, lastLines(problems.String(), 30))
	}
	return nil
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
