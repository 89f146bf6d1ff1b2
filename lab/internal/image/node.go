package image

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// nodeFiles are put into the node image at the same path. They are what the
// root file system of a container needs beyond a cloud image for virtual
// machines; nothing in them is about Kubernetes.
//
//go:embed node
var nodeFiles embed.FS

// nodeMasked are units that a container has no use for, or that would change
// the machine behind the user's back.
var nodeMasked = []string{
	// The host's udev owns the devices.
	"systemd-udevd.service", "systemd-udevd-control.socket", "systemd-udevd-kernel.socket",
	"systemd-udev-trigger.service", "cloud-init-hotplugd.socket",
	"sys-kernel-debug.mount", "sys-kernel-tracing.mount",
	"getty.target", "console-getty.service",
	// A manager per logged-in user doubles the time of every SSH command.
	"user@.service",
	"apt-daily.timer", "apt-daily-upgrade.timer", "e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer",
}

// nodeDisabled are services that Debian enables with the package; a node's
// configuration decides about them.
var nodeDisabled = []string{"haproxy.service", "keepalived.service", "nftables.service"}

// nodeEnabled are the image's own units, and what wants them.
var nodeEnabled = map[string]string{
	"kernel-modules.service": "sysinit.target",
	"mount-fstab.service":    "local-fs.target",
}

// Node is the image of the cloud's servers: what a Debian 12 cloud image has,
// and the packages that a Kubernetes node needs from its distribution. The
// container runtime and Kubernetes are for the product to install.
func Node() Recipe {
	return Recipe{
		Name: "node",
		Packages: []string{
			"systemd", "systemd-sysv", "libpam-systemd", "dbus", "udev", "kmod", "procps", "psmisc",
			"cloud-init", "openssh-server", "sudo", "python3", "locales",
			"ca-certificates", "curl", "gnupg", "xz-utils", "rsync", "jq", "less", "vim-tiny", "bash-completion",
			"iproute2", "iputils-ping", "netbase", "netcat-openbsd", "bind9-dnsutils", "tcpdump",
			"e2fsprogs", "xfsprogs", "fdisk",
			// For kubeadm's preflight checks, kube-proxy and the CNI plugins.
			"conntrack", "ebtables", "ethtool", "ipset", "iptables", "nftables", "socat",
			// For an API endpoint without Octavia.
			"haproxy", "keepalived",
		},
		Inputs:    slices.Concat([]string{hashFiles(nodeFiles), fmt.Sprint(nodeEnabled)}, nodeMasked, nodeDisabled),
		Customize: customizeNode,
	}
}

func customizeNode(_ context.Context, tree Tree) error {
	if err := copyEmbedded(nodeFiles, "node", tree.Dir); err != nil {
		return err
	}
	units := filepath.Join(tree.Dir, "etc/systemd/system")
	for _, unit := range nodeMasked {
		if err := relink("/dev/null", filepath.Join(units, unit)); err != nil {
			return err
		}
	}
	for _, unit := range nodeDisabled {
		if err := removePattern(filepath.Join(units, "*.wants", unit)); err != nil {
			return err
		}
	}
	for unit, target := range nodeEnabled {
		wants := filepath.Join(units, target+".wants")
		if err := os.MkdirAll(wants, 0o755); err != nil {
			return err
		}
		if err := relink("../"+unit, filepath.Join(wants, unit)); err != nil {
			return err
		}
	}
	return makeGeneric(tree.Dir)
}

// makeGeneric removes what must differ between machines, and what the build
// host left in the tree.
func makeGeneric(root string) error {
	for _, pattern := range []string{"etc/ssh/ssh_host_*", "var/lib/apt/lists/*", "var/cache/apt/*.bin", "var/log/*.log", "etc/resolv.conf"} {
		if err := removePattern(filepath.Join(root, pattern)); err != nil {
			return err
		}
	}
	// systemd fills an empty machine-id at the first boot.
	if err := os.WriteFile(filepath.Join(root, "etc/machine-id"), nil, 0o444); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, "etc/hostname"), []byte("localhost\n"), 0o644); err != nil {
		return err
	}
	// The addresses are set from outside. With a DHCP client at hand, cloud-init
	// would ask for a lease first, and take the address off again afterwards.
	return os.Chmod(filepath.Join(root, "usr/sbin/dhclient"), 0o644)
}

// copyEmbedded writes the files below prefix into root; what lies in an sbin
// folder is executable.
func copyEmbedded(files embed.FS, prefix, root string) error {
	return fs.WalkDir(files, prefix, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(root, strings.TrimPrefix(path, prefix))
		if e.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		content, err := files.ReadFile(path)
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if strings.HasSuffix(filepath.Dir(path), "sbin") {
			mode = 0o755
		}
		return os.WriteFile(target, content, mode)
	})
}

// hashFiles identifies the names and contents of the embedded files.
func hashFiles(files embed.FS) string {
	hash := sha256.New()
	_ = fs.WalkDir(files, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := files.ReadFile(path)
		fmt.Fprintf(hash, "%s %d\n%s", path, len(content), content)
		return err
	})
	return hex.EncodeToString(hash.Sum(nil))
}

func removePattern(pattern string) error {
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return err
	}
	for _, path := range paths {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return nil
}

func relink(target, link string) error {
	if err := os.RemoveAll(link); err != nil {
		return err
	}
	return os.Symlink(target, link)
}
