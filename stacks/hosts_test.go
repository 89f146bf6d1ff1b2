package stacks

import (
	"context"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"golang.org/x/crypto/ssh"

	"slipway/internal/golden"
	"slipway/internal/pulumitest"
	"slipway/internal/survey"
)

// onHosts is the example on existing machines, with a key.
func onHosts(t *testing.T) map[string]string {
	t.Helper()
	config := readStackFile(t, "../examples/hosts.yaml")
	block, err := ssh.MarshalPrivateKey(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), "")
	if err != nil {
		t.Fatal(err)
	}
	config["slipway:hosts"].(map[string]any)["privateKey"] = string(pem.EncodeToMemory(block))
	settings := map[string]string{}
	for key, value := range config {
		settings[key] = encode(t, value)
	}
	return settings
}

// answers of machines of which nothing is wrong, unless change says so.
func answers(change func(name string, a *survey.Answer)) askHosts {
	return func(_ context.Context, _ survey.Login, hosts []survey.Host) map[string]survey.Answer {
		all := map[string]survey.Answer{}
		for _, h := range hosts {
			a := survey.Answer{Facts: survey.Facts{
				OS: "debian", OSVersion: "12", Arch: "x86_64", Init: "systemd", CPUs: 4, MemoryMB: 4096, FreeDiskMB: 20480, MachineID: h.Name, Synchronised: true, MTU: 1500,
			}}
			if change != nil {
				change(h.Name, &a)
			}
			all[h.Name] = a
		}
		return all
	}
}

func runOnHosts(t *testing.T, settings map[string]string, ask askHosts, opts ...pulumitest.Option) (*pulumitest.Recorded, error) {
	t.Helper()
	opts = append([]pulumitest.Option{pulumitest.Stack("rack"), pulumitest.Config(settings)}, opts...)
	return pulumitest.RunErr(t, func(ctx *pulumi.Context) error { return deploy(ctx, settings, ask) }, opts...)
}

func TestGraphOnHosts(t *testing.T) {
	for _, mode := range [][]pulumitest.Option{nil, {pulumitest.Preview()}} {
		recorded, err := runOnHosts(t, onHosts(t), answers(nil), mode...)
		if err != nil {
			t.Fatal(err)
		}
		recorded.AssertParented(t)
		recorded.AssertNoPlainSecrets(t)
		recorded.AssertSecretOutput(t, "kubeconfig")
		if mode == nil {
			golden.Assert(t, "hosts.txt", recorded.Graph())
			recorded.AssertOutputsRegistered(t)
		}
		for _, r := range recorded.Resources {
			if strings.HasPrefix(r.Type, "openstack:") {
				t.Errorf("%s %s is registered, without any OpenStack", r.Type, r.Name)
			}
		}
	}
}

// Every machine is released when the cluster goes: they stay, unlike servers.
func TestMachinesAreReleased(t *testing.T) {
	recorded, err := runOnHosts(t, onHosts(t), answers(nil))
	if err != nil {
		t.Fatal(err)
	}
	seed := recorded.Get(t, keyType, "rack-pki-seed-key").URN
	for _, name := range []string{"h1", "h2", "h3", "h4", "h5"} {
		claim := recorded.Get(t, commandType, name+"-claim")
		if text(t, claim, "delete") == "" || claim.DeletedWith != "" {
			t.Errorf("%s is not released", name)
		}
		// To leave the cluster is needless when all of it goes.
		if m := recorded.Get(t, commandType, name+"-membership"); m.DeletedWith != seed || text(t, m, "delete") == "" {
			t.Errorf("%s is deleted with %q", m.Name, m.DeletedWith)
		}
	}
}

func TestMachinesAreJudgedBeforeAnythingIsRegistered(t *testing.T) {
	got := map[bool]string{}
	for _, preview := range []bool{false, true} {
		var mode []pulumitest.Option
		if preview {
			mode = append(mode, pulumitest.Preview())
		}
		recorded, err := runOnHosts(t, onHosts(t), answers(func(name string, a *survey.Answer) {
			switch name {
			case "h2":
				a.Facts.MemoryMB = 1024
			case "h3":
				a.Err = errors.New("does not let ops in")
			case "h4":
				a.Facts.MachineID = "h1"
			case "h5":
				a.Err = fmt.Errorf("%w at 192.0.2.15:22", survey.ErrUnreachable)
			}
		}), mode...)
		if err == nil {
			t.Fatal("the stack was deployed")
		}
		if len(recorded.Resources) != 0 {
			t.Errorf("registered %v before refusing", urns(recorded))
		}
		got[preview] = strings.TrimPrefix(strings.TrimSpace(err.Error()), "1 error occurred:\n\t* ")
	}
	const head, unreachable = "the machines of Pulumi.rack.yaml cannot become a cluster yet; nothing was changed on them:\n" +
		"  slipway:hosts.machines[h2]: has 1024 MB of memory; a machine with role control-plane needs 2048 MB\n" +
		"  slipway:hosts.machines[h3]: does not let ops in\n" +
		"  slipway:hosts.machines[h4]: has the machine-id h1, which h1 has too; machines made from one image need their own: rm /etc/machine-id && systemd-machine-id-setup, then reboot",
		"\n  slipway:hosts.machines[h5]: cannot be reached at 192.0.2.15:22"
	if diff := cmp.Diff(map[bool]string{false: head + unreachable, true: head}, got); diff != "" {
		t.Errorf("messages by whether it is a preview (-want +got):\n%s", diff)
	}
}

// A preview in a pull request may run where no machine can be reached.
func TestPreviewWithoutMachines(t *testing.T) {
	nobody := answers(func(_ string, a *survey.Answer) { a.Err = survey.ErrUnreachable })
	if _, err := runOnHosts(t, onHosts(t), nobody, pulumitest.Preview()); err != nil {
		t.Errorf("preview: %v", err)
	}
	if _, err := runOnHosts(t, onHosts(t), nobody); err == nil {
		t.Error("up goes on without its machines")
	}
}
