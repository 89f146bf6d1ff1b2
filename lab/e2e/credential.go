package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// credential is the application credential of a part of the cluster, as a Secret has it.
type credential struct {
	namespace, secret, key string
	// value finds the credential's secret in the key's text.
	value *regexp.Regexp
}

// The credentials that are looked for.
var (
	controllerCredential = credential{"kube-system", "cloud-config", "cloud.conf", regexp.MustCompile(`application-credential-secret = "([^"]{20,})"`)}
	namesCredential      = credential{"external-dns", "external-dns-clouds", "clouds.yaml", regexp.MustCompile(`application_credential_secret: '?([^'\s]{20,})`)}
	dns01Credential      = credential{"cert-manager", "designate-webhook-login", "OS_APPLICATION_CREDENTIAL_SECRET", regexp.MustCompile(`^(\S{20,})$`)}
)

// isHidden looks for the secret where a run leaves traces.
func (c credential) isHidden(ctx context.Context, st *stage) error {
	encoded, err := st.tool(ctx, command{argv: append(st.kubectlArgv(), "--namespace", c.namespace, "get", "secret", c.secret,
		"--output=jsonpath={.data."+strings.ReplaceAll(c.key, ".", `\.`)+"}"), quiet: true})
	if err != nil {
		return err
	}
	text, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil {
		return fmt.Errorf("reading %s of the Secret %s: %w", c.key, c.secret, err)
	}
	found := c.value.FindSubmatch(text)
	if found == nil {
		return errors.New(c.key + " of the Secret " + c.secret + " has no secret to look for")
	}
	s := &search{needles: []needle{{"secret", "the application credential", string(found[1])}}}
	return errors.Join(s.inState(ctx, st), s.inPreview(ctx, st), s.inLogs(ctx, st), s.inTemporaryFiles(ctx, st), s.inCommandLines(ctx, st), s.inMachines(ctx, st))
}

// credentials wants the project to have these application credentials, and no other.
func (st *stage) credentials(ctx context.Context, want ...string) error {
	names, err := st.owned(ctx, "application credential")
	if err == nil && strings.Join(names, " ") != strings.Join(want, " ") {
		err = fmt.Errorf("the credentials are %v, want %v", names, want)
	}
	return err
}
