package mirror

import (
	"context"
	"slices"

	"slipway/lab/internal/image"
)

// calico is the file system below the image of Calico's node: the tools that its
// programs call, and runit, with which upstream's scripts start and log them.
func calico() image.Recipe {
	without := slices.Concat(removed, services)
	return image.Recipe{
		Name:      "calicobase",
		Packages:  []string{"conntrack", "iproute2", "iptables", "ipset", "kmod", "nftables", "procps", "runit"},
		Inputs:    without,
		Customize: func(_ context.Context, tree image.Tree) error { return strip(tree.Dir, without...) },
	}
}

// services are those that Debian's runit would start. The first is a link, where
// upstream has a folder.
var services = []string{"etc/service", "etc/runit", "etc/sv"}
