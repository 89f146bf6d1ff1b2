package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// nextCredential counts the credential up, as somebody does who wants another one.
func nextCredential(ctx context.Context, st *stage) error {
	_, err := st.upWith(ctx, func(v values) { v.at("slipway:cloudController")["credentialGeneration"] = 2 })
	if err != nil {
		return err
	}
	return st.credentials(ctx, "ccm-cloud-controller-2")
}

// withoutController takes it out of the configuration while a Service has a load
// balancer. The Service stays, without one.
func withoutController(ctx context.Context, st *stage) error {
	if _, err := st.upWith(ctx, func(v values) { delete(v, "slipway:cloudController") }); err != nil {
		return err
	}
	for _, kind := range []string{"load balancer", "application credential"} {
		if left, err := st.owned(ctx, kind); err != nil || len(left) > 0 {
			return errors.Join(err, fmt.Errorf("%s %v is left", kind, left))
		}
	}
	kind, err := st.kubectl(ctx, "get", "service", "balanced", "--output=jsonpath={.spec.type}")
	if err == nil && strings.TrimSpace(kind) != "ClusterIP" {
		err = fmt.Errorf("the Service is of type %s", kind)
	}
	daemons, other := st.kubectl(ctx, "--namespace", "kube-system", "get", "daemonsets,secrets", "--output=name")
	if err = errors.Join(err, other); err == nil && (strings.Contains(daemons, "cloud-controller") || strings.Contains(daemons, "cloud-config")) {
		err = fmt.Errorf("the cluster still has\n%s", daemons)
	}
	return err
}

// backAgain brings the controller back to a cluster that had it.
func backAgain(ctx context.Context, st *stage) error {
	_, err := st.upWith(ctx, func(values) {})
	return err
}
