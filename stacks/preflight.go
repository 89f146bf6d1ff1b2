package stacks

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/bootstrap"
	"slipway/internal/config"
	"slipway/internal/preflight"
	"slipway/internal/survey"
)

// askHosts asks machines about themselves, see survey.Ask.
type askHosts func(ctx context.Context, login survey.Login, hosts []survey.Host) map[string]survey.Answer

// inspectHosts looks at every machine before anything is changed on one of them,
// and says at once all that is wrong with all of them.
func inspectHosts(ctx *pulumi.Context, cfg *config.Config, ask askHosts) error {
	hosts := make([]survey.Host, 0, len(cfg.Hosts.Machines))
	machines := make([]preflight.Machine, 0, len(cfg.Hosts.Machines))
	for _, name := range sortedKeys(cfg.Hosts.Machines) {
		m := preflightMachine(cfg, name)
		machines = append(machines, m)
		hosts = append(hosts, survey.Host{
			Name: name, Address: cfg.Hosts.Machines[name].Address.String(), HostKey: cfg.Hosts.Machines[name].HostKey, Ports: m.AllPorts(),
		})
	}
	facts := map[string]survey.Facts{}
	var problems, warnings []preflight.Finding
	for name, answer := range ask(ctx.Context(), surveyLogin(cfg.Hosts), hosts) {
		silent := preflight.Finding{Path: machinePath(name), Message: fmt.Sprint(answer.Err)}
		switch {
		case answer.Err == nil:
			facts[name] = answer.Facts
		case ctx.DryRun() && errors.Is(answer.Err, survey.ErrUnreachable):
			// A preview may run where the machines cannot be reached.
			warnings = append(warnings, silent)
		default:
			problems = append(problems, silent)
		}
	}
	wrong, odd := preflight.Check(cfg.Cluster.Name, machines, facts)
	for _, w := range preflight.Sorted(append(warnings, odd...)) {
		if err := ctx.Log.Warn(w.String(), nil); err != nil {
			return err
		}
	}
	return report(ctx.Stack(), preflight.Sorted(append(problems, wrong...)))
}

func machinePath(name string) string { return "slipway:hosts.machines[" + name + "]" }

func preflightMachine(cfg *config.Config, name string) preflight.Machine {
	m := cfg.Hosts.Machines[name]
	machine := preflight.Machine{Name: name, Path: machinePath(name), Role: string(m.Role), Arch: arch, MTU: cfg.Hosts.MTU}
	if m.Role == config.RoleControlPlane {
		machine.Ports = append(machine.Ports, cfg.APIServerPort())
	}
	holder := config.RoleControlPlane
	if cfg.Endpoint.Keepalived.Proxies != nil {
		holder = config.RoleProxy
	}
	if holdsAddress(cfg) && m.Role == holder {
		machine.Ports = append(machine.Ports, cfg.Endpoint.Port, bootstrap.ProxyStatusPort)
		for _, p := range published(cfg) {
			machine.Ports = append(machine.Ports, p.Port)
		}
	}
	return machine
}

func surveyLogin(h config.Hosts) survey.Login {
	login := survey.Login{User: h.User, PrivateKey: string(h.PrivateKey), SudoPassword: string(h.SudoPassword)}
	if j := h.Jump; j != nil {
		login.Jump = &survey.Jump{Address: j.Address, User: j.User, HostKey: j.HostKey}
	}
	return login
}

// report is one error for all findings, or nil.
func report(stack string, findings []preflight.Finding) error {
	if len(findings) == 0 {
		return nil
	}
	text := &strings.Builder{}
	fmt.Fprintf(text, "the machines of Pulumi.%s.yaml cannot become a cluster yet; nothing was changed on them:", stack)
	for _, f := range findings {
		fmt.Fprintf(text, "\n  %s", f)
	}
	return errors.New(text.String())
}
