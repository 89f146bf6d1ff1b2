package cloud

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/template"
	"time"

	"slipway/lab/internal/nspawn"
)

// Netns is the network namespace of the cloud, where taps of machines go.
const Netns = "slipway-cloud"

// Cloud is the machine that runs OpenStack, running or not.
type Cloud struct{ machine nspawn.Machine }

// New describes the cloud whose state is in dir. Without layers everything but
// Start works.
func New(dir string, layers []string) Cloud {
	return Cloud{nspawn.Machine{
		Name: "cloud", Dir: dir, Layers: layers, Netns: Netns, InitArgs: []string{"--unit=slipway.target"},
	}}
}

// Machine is the cloud's machine, for commands inside.
func (c Cloud) Machine() nspawn.Machine { return c.machine }

// Start boots the cloud; that it is healthy has to be waited for.
func (c Cloud) Start(ctx context.Context) error {
	if err := os.MkdirAll(c.machine.Dir, 0o700); err != nil {
		return err
	}
	return c.machine.Start(ctx)
}

// Stop shuts OpenStack down, its database first of all in good order.
func (c Cloud) Stop(ctx context.Context) error {
	return errors.Join(c.machine.Stop(ctx, 75*time.Second), c.machine.Unmount())
}

// Unit is the state of one of the cloud's services.
type Unit struct {
	// Name is the service's, as `lab logs` takes it.
	Name string `json:"name"`
	// State is systemd's: active, activating, failed, ...
	State string `json:"state"`
}

// Units asks the machine's systemd about its services.
func (c Cloud) Units(ctx context.Context) ([]Unit, error) {
	var units []Unit
	args := []string{"systemctl", "is-active"}
	for _, s := range services() {
		units = append(units, Unit{Name: s.name, State: "unknown"})
		args = append(args, "slipway-"+s.name)
	}
	cmd, err := c.machine.Command(ctx, args...)
	if err != nil {
		return nil, err
	}
	out, err := cmd.Output() // fails when one is not active, which is an answer too
	states := strings.Fields(string(out))
	if len(states) != len(units) {
		return nil, fmt.Errorf("asking for the cloud's services: %w", err)
	}
	for i := range units {
		units[i].State = states[i]
	}
	return units, nil
}

func (c Cloud) secrets() (Secrets, error) {
	var s Secrets
	text, err := os.ReadFile(c.machine.Root() + secretsFile)
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(text, &s)
}

//go:embed clouds.yaml.tmpl
var cloudsYAML string

// ClientConfig is the clouds.yaml for the lab: as the user that stacks are
// deployed by, and as the administrator.
func (c Cloud) ClientConfig() ([]byte, error) {
	secrets, err := c.secrets()
	if err != nil {
		return nil, err
	}
	return clientConfig(secrets)
}

func clientConfig(secrets Secrets) ([]byte, error) {
	var text bytes.Buffer
	err := template.Must(template.New("").Parse(cloudsYAML)).Execute(&text, map[string]any{
		"URL": "http://" + Address + ":5000/v3", "Region": Region, "Project": Project, "Secrets": secrets,
	})
	return text.Bytes(), err
}
