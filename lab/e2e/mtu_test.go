package main

import "testing"

func TestEffectiveMTU(t *testing.T) {
	for out, want := range map[string]int{
		"1450\n10.244.2.5 via 10.244.1.1 dev eth0 src 10.244.1.7 uid 0 \\    cache \n":           1450,
		"1500\n10.244.2.5 via 10.244.1.1 dev eth0 src 10.244.1.7 uid 0 \\    cache mtu 1450 \n":  1450,
		"1500\n10.244.2.5 via 10.244.1.1 dev eth0 src 10.244.1.7 mtu lock 1400 uid 0 \\ cache\n": 1400,
	} {
		if got, err := effectiveMTU(out); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", out, got, err, want)
		}
	}
	if _, err := effectiveMTU("cat: no such file"); err == nil {
		t.Error("an MTU is read where there is none")
	}
}
