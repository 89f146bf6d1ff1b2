package main

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Of the outer IPv4, UDP and VXLAN headers, and the inner one of Ethernet.
const vxlanOverhead = leastIPv4 + udpHeader + vxlanHeader + ethernetHeader

// podMTU wants pods to send packets that are as large as the nodes' network takes
// them, less what is around them on the way.
func podMTU(around int) func(context.Context, *stage) error {
	return func(ctx context.Context, st *stage) error {
		node, _, err := st.podPlace(ctx, "client")
		if err != nil {
			return err
		}
		text, err := st.inside(ctx, node, "cat", "/sys/class/net/eth0/mtu")
		if err != nil {
			return err
		}
		outer, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return fmt.Errorf("the MTU of %s: %w", node, err)
		}
		_, server, err := st.podPlace(ctx, "server")
		if err != nil {
			return err
		}
		const ask = `cat /sys/class/net/eth0/mtu && ip -oneline route get "$1"`
		out, err := st.kubectl(ctx, "--namespace", podsNamespace, "exec", "client", "--", "sh", "-c", ask, "sh", server.String())
		if err != nil {
			return err
		}
		inner, err := effectiveMTU(out)
		if err == nil && inner != outer-around {
			err = fmt.Errorf("the client's packets have at most %d bytes, want %d: its node's interface takes %d, of which %d go around them", inner, outer-around, outer, around)
		}
		return err
	}
}

// routeMTU is the MTU of a route, where it has one of its own.
var routeMTU = regexp.MustCompile(`\bmtu (?:lock )?(\d+)`)

// effectiveMTU reads the MTU of an interface from the first line, and that of the
// route from the rest, which is the smaller one if there is one.
func effectiveMTU(out string) (int, error) {
	device, route, _ := strings.Cut(strings.TrimSpace(out), "\n")
	if own := routeMTU.FindStringSubmatch(route); own != nil {
		device = own[1]
	}
	mtu, err := strconv.Atoi(strings.TrimSpace(device))
	if err != nil {
		return 0, fmt.Errorf("no MTU in %q: %w", out, err)
	}
	return mtu, nil
}
