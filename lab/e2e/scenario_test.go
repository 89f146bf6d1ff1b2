package main

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestChoose(t *testing.T) {
	names := func(chosen []scenario) string {
		var all []string
		for _, s := range chosen {
			all = append(all, s.name)
		}
		return strings.Join(all, ",")
	}
	for request, want := range map[string]string{
		"":              "dev,idempotent,secrets,bad-config,ha,vip-failover,api-server-down,node-loss,destroy",
		"dev":           "dev",
		"destroy,dev":   "dev,destroy", // in running order
		"resume,faults": "faults,resume",
	} {
		chosen, err := choose(request)
		if err != nil || names(chosen) != want {
			t.Errorf("SCENARIO=%s runs %s (%v), want %s", request, names(chosen), err, want)
		}
	}
	if _, err := choose("dev,devv"); err == nil || !strings.Contains(err.Error(), `no scenario "devv"`) {
		t.Errorf("an unknown name gives %v", err)
	}
}

func TestSummary(t *testing.T) {
	got := summary([]result{
		{name: "dev", took: 300 * time.Second},
		{name: "idempotent", took: 12 * time.Second, err: errors.New("changed")},
	})
	want := "dev             pass  300\nidempotent      fail  12\n1 passed, 1 failed\n"
	if got != want {
		t.Errorf("summary is\n%swant\n%s", got, want)
	}
}

func TestScenariosCanFollowEachOther(t *testing.T) {
	for _, s := range scenarios() {
		if s.story == "" || len(s.steps) == 0 {
			t.Errorf("%s has no story or no steps", s.name)
		}
		switch s.needs {
		case nothing, cloud, cluster:
		default:
			t.Errorf("%s needs %q, which nobody can make", s.name, s.needs)
		}
	}
}

func TestNamesAll(t *testing.T) {
	wrong := mistakes()[:2]
	err := namesAll("error: Pulumi.dev.yaml has 1 problem:\n  slipway:network.cdir: Forbidden: unknown key", wrong)
	want := "the preview failed without naming\n    bad CIDR at slipway:network.cidr"
	if err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
}

func TestChangesInPulumisSummary(t *testing.T) {
	for output, want := range map[string]int{
		"Resources:\n    93 unchanged\n\nDuration: 3s\n":                                                0,
		"Resources:\n    + 1 created\n    92 unchanged\n":                                               1,
		"Resources:\n    ~ 2 updated\n    +-1 replaced\n    - 1 deleted\n    3 changes. 90 unchanged\n": 3,
	} {
		if got := changes.FindAllString(output, -1); len(got) != want {
			t.Errorf("%q has changes %q, want %d", output, got, want)
		}
	}
}

func TestFails(t *testing.T) {
	failed := errors.New("exit status 1")
	output := "dev-default-w9-port creating\nDiagnostics:\n  openstack:networking:Port (dev-default-w9-port):\n    error: 500 Internal Server Error\n"
	if err := fails(output, failed, "dev-default-w9-port", "500"); err != nil {
		t.Errorf("a good error is refused: %v", err)
	}
	if fails(output, nil, "500") == nil {
		t.Error("success counts as a failure")
	}
	if fails(output, failed, "kubeadm") == nil {
		t.Error("an error without the word is accepted")
	}
}

func TestHostSince(t *testing.T) {
	before := host{"mount": {"/ ext4"}, "link": {"lo UNKNOWN"}}
	now := host{"mount": {"/ ext4", "/var/lib/slipway-lab/x overlay"}, "link": {"lo UNKNOWN"}, "process": {"12 lab agent"}}
	got := strings.Join(now.since(before), "\n")
	if want := "mount: /var/lib/slipway-lab/x overlay\nprocess: 12 lab agent"; got != want {
		t.Errorf("what is left is\n%s\nwant\n%s", got, want)
	}
}
