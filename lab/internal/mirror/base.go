package mirror

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"slipway/lab/internal/image"
)

// The names of the file systems below images, in the order in which they are
// built: the first one is below images of every cluster.
const (
	DebianBase = "debian"
	CephBase   = "ceph"
	CiliumBase = "cilium"
	CalicoBase = "calico"
)

var bases = map[string]int{"": 0, DebianBase: 1, CephBase: 2, CiliumBase: 3, CalicoBase: 4}

// debian is the file system below images whose programs call the tools of a
// distribution: kube-proxy and flannel run iptables and nft; the Cinder CSI
// driver runs mount, blkid, fsck, mkfs.ext4 and resize2fs; the test image is
// busybox on top of it. It has no xfsprogs, which would bring 36 MB of Unicode
// tables, and no udevadm: triggered from a container it would reach every device
// of the machine, and the driver goes on without it.
func debian() image.Recipe {
	return image.Recipe{
		Name:     "imagebase",
		Packages: []string{"busybox", "conntrack", "e2fsprogs", "iproute2", "iptables", "ipset", "mount", "nftables", "util-linux"},
		// Nothing is ever installed into an image, so neither package manager nor
		// its records are of use; every node would store and unpack them.
		Inputs:    removed,
		Customize: func(_ context.Context, tree image.Tree) error { return strip(tree.Dir, removed...) },
	}
}

var removed = []string{
	"etc/apt", "usr/bin/apt*", "usr/bin/dpkg*", "usr/bin/perl*", "usr/lib/apt", "usr/lib/dpkg",
	"usr/lib/x86_64-linux-gnu/gconv", "usr/lib/x86_64-linux-gnu/libapt-*", "usr/lib/x86_64-linux-gnu/perl*",
	"usr/lib/locale", "usr/share", "var/cache", "var/lib/apt", "var/lib/dpkg", "var/log",
}

// strip removes what the patterns match.
func strip(dir string, patterns ...string) error {
	for _, pattern := range patterns {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return err
		}
		for _, path := range found {
			if err := os.RemoveAll(path); err != nil {
				return err
			}
		}
	}
	return nil
}

var recipes = map[string]func() image.Recipe{DebianBase: debian, CephBase: ceph, CiliumBase: cilium, CalicoBase: calico}

// BasePaths are where the file systems are kept, those that are not built yet among them.
func BasePaths(imagesDir string) []string {
	var paths []string
	for _, recipe := range recipes {
		paths = append(paths, recipe().Path(imagesDir))
	}
	return paths
}

// Bases returns a Base that builds each file system once into imagesDir.
func Bases(imagesDir string) func(context.Context, string, func(string)) (string, error) {
	return func(ctx context.Context, name string, progress func(string)) (string, error) {
		recipe, ok := recipes[name]
		if !ok {
			return "", fmt.Errorf("there is no base %q", name)
		}
		layers, err := image.Layers(ctx, recipe(), imagesDir, progress)
		if err != nil {
			return "", err
		}
		return layers[0], nil
	}
}
