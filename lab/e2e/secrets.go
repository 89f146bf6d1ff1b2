package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

// secrets searches everything that a run leaves behind for everything that
// must stay secret.
func secrets() scenario {
	s := &search{}
	return scenario{
		name: "secrets", story: "no key, token or kubeconfig in state, logs, previews, command lines, user data or journals",
		needs: cluster, leaves: cluster,
		steps: []step{
			{"collect the secrets of the stack", s.collect},
			{"the stored state is encrypted", s.inState},
			{"previews do not show them", s.inPreview},
			{"the logs of the runs do not hold them", s.inLogs},
			{"no temporary file is left that holds one", s.inTemporaryFiles},
			{"no process has them on its command line", s.inCommandLines},
			{"user data holds a machine's own SSH host key at most", s.inUserData},
			{"the journals and logs of the machines do not hold them", s.inMachines},
		},
	}
}

type search struct{ needles []needle }

// wanted are the kinds of which a stack is sure to have some: without them the
// search would pass because it looked for nothing.
var wanted = []string{"private key", "token", "kubeconfig", "password"}

func (s *search) collect(ctx context.Context, st *stage) error {
	exported, err := st.exported(ctx, "--show-secrets")
	if err != nil {
		return err
	}
	if s.needles, err = stateNeedles([]byte(exported)); err != nil {
		return err
	}
	passwords, err := st.passwords(ctx)
	if err != nil {
		return err
	}
	s.needles = append(s.needles, passwords...)
	kinds := map[string]int{}
	for _, n := range s.needles {
		kinds[n.kind]++
	}
	for _, kind := range wanted {
		if kinds[kind] == 0 {
			return fmt.Errorf("found no %s to look for", kind)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		st.log.line(fmt.Sprintf("%d needles of kind %s", kinds[kind], kind))
	}
	return nil
}

var passwordLine = regexp.MustCompile(`(?m)^\s*password: *["']?([^\s"']{8,})`)

// passwords are those that the stack is deployed with: of the cloud and of the state.
func (st *stage) passwords(ctx context.Context) ([]needle, error) {
	text, err := os.ReadFile(st.paths.CloudsYAML())
	if err != nil {
		return nil, err
	}
	var found []needle
	for _, m := range passwordLine.FindAllStringSubmatch(string(text), -1) {
		found = append(found, needle{"password", "clouds.yaml", m[1]})
	}
	env, err := st.toolEnv(ctx)
	if err != nil {
		return nil, err
	}
	for _, variable := range env {
		name, value, _ := strings.Cut(variable, "=")
		switch name {
		case "PULUMI_CONFIG_PASSPHRASE":
			found = append(found, needle{"password", name, value})
		case "PULUMI_CONFIG_PASSPHRASE_FILE":
			text, err := os.ReadFile(value)
			if err != nil {
				return nil, err
			}
			found = append(found, needle{"password", name, strings.TrimSpace(string(text))})
		}
	}
	return found, nil
}

// report turns leaks into an error that names secret and place.
func report(leaks []leak) error {
	if len(leaks) == 0 {
		return nil
	}
	lines := map[string]bool{}
	for _, l := range leaks {
		lines[l.needle.String()+" is in "+l.place] = true
	}
	return errors.New("secrets leaked:" + indent(slices.Sorted(maps.Keys(lines))))
}
