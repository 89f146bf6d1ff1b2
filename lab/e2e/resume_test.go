package main

import (
	"math/rand/v2"
	"testing"
)

func TestMomentsAreSpreadAndCanBeRepeated(t *testing.T) {
	moments := func(seed uint64) (all []int) {
		r := &interruptions{random: rand.New(rand.NewPCG(seed, 0)), total: 110}
		for n := range interruptionCount {
			resources, later := r.moment(n)
			if resources < n*10 || resources > (n+1)*10 || later < 0 || later > furtherTime {
				t.Errorf("moment %d is %s after resource %d of 110", n, later, resources)
			}
			all = append(all, resources)
		}
		return all
	}
	first, again, other := moments(1), moments(1), moments(2)
	same := true
	for n := range first {
		if first[n] != again[n] {
			t.Errorf("the same seed gives %v, then %v", first, again)
		}
		same = same && first[n] == other[n]
	}
	if same {
		t.Errorf("two seeds give the same moments %v", first)
	}
}

func TestProgressOfPulumi(t *testing.T) {
	for line, want := range map[string]bool{
		" +  openstack:networking:Network ha created (7s)":  true,
		" +  pulumi:pulumi:Stack slipway-e2e-ha created":    true,
		" +  openstack:networking:Network ha creating (0s)": false,
		"    + 93 created": false,
	} {
		if created.MatchString(line) != want {
			t.Errorf("%q counts as created: %t", line, !want)
		}
	}
	for line, want := range map[string]bool{
		" +  command:remote:Command ha-ready-wait-nodes creating (0s)": true,
		" +  command:remote:Command ha-ready-wait-nodes created (3s)":  false,
		" +  slipway:index:Readiness ha-ready creating (0s)":           false,
	} {
		if lastStep.MatchString(line) != want {
			t.Errorf("%q begins the last step: %t", line, !want)
		}
	}
	if found := toCreate.FindStringSubmatch("Resources:\n    + 93 to create\n"); found == nil || found[1] != "93" {
		t.Errorf("the preview's count is not found: %v", found)
	}
}

func TestNotInTheState(t *testing.T) {
	all := []resource{{kind: "port", name: "known", id: "11aa"}, {kind: "port", id: "22bb", owner: "network:dhcp"}, {kind: "server", name: "lost", id: "33cc"}}
	got := notIn(`{"id": "11aa"}`, all)
	if len(got) != 1 || got[0].name != "lost" {
		t.Errorf("orphans are %v", got)
	}
}

func TestVotingMembers(t *testing.T) {
	names, err := votingMembers(`{"header":{},"members":[{"ID":18446744073709551615,"name":"b","peerURLs":["https://10.0.0.2:2380"]},{"ID":2,"name":"a"}]}`)
	if err != nil || len(names) != 2 || names[0] != "a" || names[1] != "b" {
		t.Errorf("members are %v (%v)", names, err)
	}
	for _, list := range []string{`{"members":[{"ID":1,"name":"a"},{"ID":2}]}`, `{"members":[{"ID":1,"name":"a","isLearner":true}]}`} {
		if _, err := votingMembers(list); err == nil {
			t.Errorf("%s is accepted", list)
		}
	}
}
