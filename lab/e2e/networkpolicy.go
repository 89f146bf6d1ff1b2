package main

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"
)

//go:embed networkpolicy.yaml
var networkPolicies string

// policyTime is far above what agents take to learn of a policy.
const policyTime = time.Minute

// applyPolicies applies the first of the policies, or the first two.
func (st *stage) applyPolicies(ctx context.Context, count int) error {
	policies := strings.SplitN(networkPolicies, "---\n", 3)
	return st.apply(ctx, strings.Join(policies[:count], "---\n"))
}

// policyKeepsOut wants a policy that admits nobody to keep the client from the
// server, by its address and by its Service, and the kubelet to reach it still.
func policyKeepsOut(ctx context.Context, st *stage) error {
	if err := podToPod(ctx, st); err != nil {
		return fmt.Errorf("before there is any policy: %w", err)
	}
	if err := st.applyPolicies(ctx, 1); err != nil {
		return err
	}
	_, address, err := st.podPlace(ctx, "server")
	if err != nil {
		return err
	}
	for host, port := range map[string]string{address.String(): "8080", "server." + podsNamespace + ".svc.cluster.local": "80"} {
		if err := poll(ctx, policyTime, func() error { return st.clientIsKeptFrom(ctx, host, port) }); err != nil {
			return err
		}
	}
	_, err = st.kubectl(ctx, "--namespace", podsNamespace, "wait", "pod", "server", "--for=condition=Ready", "--timeout=30s")
	return err
}

// clientIsKeptFrom wants no answer for the client pod.
func (st *stage) clientIsKeptFrom(ctx context.Context, host, port string) error {
	const request = `printf 'GET / HTTP/1.0\r\n\r\n' | busybox timeout 5 busybox nc "$1" "$2" 2>&1 || echo kept out`
	out, err := st.kubectl(ctx, "--namespace", podsNamespace, "exec", "client", "--", "sh", "-c", request, "sh", host, port)
	if err == nil && !strings.HasSuffix(strings.TrimSpace(out), "kept out") {
		err = fmt.Errorf("%s:%s answers the client in spite of the policy: %q", host, port, out)
	}
	return err
}

// policyLetsIn wants a further policy that admits the client to let it in, and
// nobody else.
func policyLetsIn(ctx context.Context, st *stage) error {
	if err := st.applyPolicies(ctx, 2); err != nil {
		return err
	}
	if err := podToPod(ctx, st); err != nil {
		return err
	}
	if err := podToService(ctx, st); err != nil {
		return err
	}
	// The client is admitted by its label alone.
	relabel := func(label string) error {
		_, err := st.kubectl(ctx, "--namespace", podsNamespace, "label", "pod", "client", "--overwrite", label)
		return err
	}
	if err := relabel("app=stranger"); err != nil {
		return err
	}
	_, address, err := st.podPlace(ctx, "server")
	if err != nil {
		return err
	}
	if err := poll(ctx, policyTime, func() error { return st.clientIsKeptFrom(ctx, address.String(), "8080") }); err != nil {
		return err
	}
	return relabel("app=client")
}
