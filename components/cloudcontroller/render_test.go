package cloudcontroller

import (
	"testing"

	"slipway/internal/golden"
)

func TestRender(t *testing.T) {
	for file, s := range map[string]sections{"bare.conf": {}, "full.conf": {"subnet-id", "network-id", "router-id"}} {
		text, err := s.render()
		if err != nil {
			t.Fatal(err)
		}
		golden.Assert(t, file, text)
	}
}

func TestRenderRefusesWhatEndsAQuotation(t *testing.T) {
	for _, s := range []sections{{SubnetID: "a\"b"}, {FloatingNetworkID: "a\\b"}, {RouterID: "a\nb"}} {
		if text, err := s.render(); err == nil {
			t.Errorf("%q is in\n%s", s, text)
		}
	}
}
