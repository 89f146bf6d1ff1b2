package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// nextCredential counts the credential up, as somebody does who wants another one.
func nextCredential(ctx context.Context, st *stage) error {
	_, err := st.upWith(ctx, func(v values) { v.at("slipway:cloudController")["credentialGeneration"] = 2 })
	if err != nil {
		return err
	}
	names, err := st.owned(ctx, "application credential")
	if err == nil && !slices.Equal(names, []string{"ccm-cloud-controller-2"}) {
		err = fmt.Errorf("the credentials are %v, want that of generation 2 alone", names)
	}
	return err
}

var credentialSecret = regexp.MustCompile(`application-credential-secret = "([^"]{20,})"`)

// credentialIsHidden looks for the secret where a run leaves traces.
func credentialIsHidden(ctx context.Context, st *stage) error {
	encoded, err := st.tool(ctx, command{argv: append(st.kubectlArgv(), "--namespace", "kube-system", "get", "secret", "cloud-config",
		"--output=jsonpath={.data.cloud\\.conf}"), quiet: true})
	if err != nil {
		return err
	}
	conf, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil {
		return fmt.Errorf("reading the controller's configuration: %w", err)
	}
	found := credentialSecret.FindSubmatch(conf)
	if found == nil {
		return errors.New("the controller's configuration has no secret to look for")
	}
	s := &search{needles: []needle{{"secret", "the application credential", string(found[1])}}}
	return errors.Join(s.inState(ctx, st), s.inPreview(ctx, st), s.inLogs(ctx, st), s.inTemporaryFiles(ctx, st), s.inCommandLines(ctx, st), s.inMachines(ctx, st))
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
