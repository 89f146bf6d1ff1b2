package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	existing "slipway/lab/internal/hosts"
)

// What the scenarios' stacks consist of, by the names of their hosts.
func TestHostsOfTheStacks(t *testing.T) {
	text, err := os.ReadFile("../../Pulumi.dev.yaml")
	if err != nil {
		t.Fatal(err)
	}
	inventory := existing.Inventory{User: "ops"}
	for n := range len(hostRoles) {
		inventory.Hosts = append(inventory.Hosts, existing.Entry{Name: fmt.Sprintf("h%d", n+1), HostKey: "ssh-ed25519 AAAA"})
	}
	changes := map[string]func(values){
		devStack:   func(values) {},
		hostsStack: func(v values) { describe(v, inventory) },
	}
	for stack, change := range overlays {
		changes[stack] = change
	}
	for stack, want := range map[string]string{
		devStack:        "dev-cp1 dev-default-w1 dev-default-w2, etcd dev-cp1",
		haStack:         "ha-cp1 ha-cp2 ha-cp3 ha-default-w1 ha-default-w2, etcd ha-cp1 ha-cp2 ha-cp3",
		octaviaStack:    "octavia-cp1 octavia-cp2 octavia-cp3 octavia-default-w1 octavia-default-w2, etcd octavia-cp1 octavia-cp2 octavia-cp3",
		dedicatedStack:  "dedicated-cp1 dedicated-cp2 dedicated-cp3 dedicated-default-w1, etcd dedicated-etcd-e1 dedicated-etcd-e2 dedicated-etcd-e3",
		singleStack:     "single-cp1, etcd single-cp1",
		sharedBlueStack: "blue-cp1 blue-cp2 blue-cp3, etcd blue-cp1 blue-cp2 blue-cp3",
		hostsStack:      "h1 h2 h3 h4, etcd h1 h2 h3",
	} {
		changed, err := edited(text, changes[stack])
		if err != nil {
			t.Fatal(err)
		}
		h, err := hostsOf(changed)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(h.all(), " ") + ", etcd " + strings.Join(h.etcd, " "); got != want {
			t.Errorf("stack %s has %s, want %s", stack, got, want)
		}
		if stack == hostsStack && strings.Contains(string(changed), "openstack") {
			t.Errorf("the stack on existing hosts speaks of OpenStack:\n%s", changed)
		}
	}
}

// Every mistake must change what it says it changes, in the stack as it is shipped.
func TestMistakesChangeTheDevStack(t *testing.T) {
	text, err := os.ReadFile("../../Pulumi.dev.yaml")
	if err != nil {
		t.Fatal(err)
	}
	right, err := edited(text, func(values) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mistakes() {
		wrong, err := edited(text, m.make)
		if err != nil || string(wrong) == string(right) {
			t.Errorf("%s changes nothing (%v)", m.title, err)
		}
	}
}
