package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// podLacksMetadata wants the client pod to be refused by the metadata service,
// and by nothing but the rule on its node.
func podLacksMetadata(ctx context.Context, st *stage) error {
	node, _, err := st.podPlace(ctx, "client")
	if err != nil {
		return err
	}
	if err := st.podIsRefused(ctx); err != nil {
		return err
	}
	if _, err := st.inside(ctx, node, "nft", "delete", "table", "inet", "slipway"); err != nil {
		return err
	}
	open := st.fetchFromPod(ctx, "169.254.169.254", "80", "/openstack/latest/meta_data.json", node)
	if open != nil {
		open = fmt.Errorf("without the rule the pod is refused, too: %w", open)
	}
	_, err = st.inside(context.WithoutCancel(ctx), node, "systemctl", "restart", "slipway-metadata.service")
	if err := errors.Join(open, err); err != nil {
		return err
	}
	return st.podIsRefused(ctx)
}

func (st *stage) podIsRefused(ctx context.Context) error {
	const request = `printf 'GET / HTTP/1.0\r\n\r\n' | busybox timeout 5 busybox nc 169.254.169.254 80 2>&1 || echo refused`
	out, err := st.kubectl(ctx, "--namespace", podsNamespace, "exec", "client", "--", "sh", "-c", request)
	if err == nil && !strings.HasSuffix(strings.TrimSpace(out), "refused") {
		err = fmt.Errorf("the metadata service answers a pod: %q", out)
	}
	return err
}
