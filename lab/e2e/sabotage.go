package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"strings"
	"time"

	"github.com/gophercloud/gophercloud/v2/openstack"
)

// failingNeutron stands in front of the network API and answers 500 to every
// request for a new port.
func (l *lab) failingNeutron(ctx context.Context) (*httptest.Server, error) {
	client, endpoints, err := l.connect(ctx, userCloud)
	if err != nil {
		return nil, err
	}
	network, err := openstack.NewNetworkV2(client, endpoints)
	if err != nil {
		return nil, err
	}
	target, err := url.Parse(network.Endpoint)
	if err != nil {
		return nil, err
	}
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: target.Scheme, Host: target.Host})
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasSuffix(strings.TrimSuffix(r.URL.Path, "/"), "/ports") {
			http.Error(w, `{"NeutronError": {"type": "Sabotage", "message": "the database is on fire", "detail": ""}}`, http.StatusInternalServerError)
			return
		}
		proxy.ServeHTTP(w, r)
	})), nil
}

const portThief = "e2e-port-thief"

// takeKubeletPort lets kubeadm's preflight checks fail.
func takeKubeletPort(ctx context.Context, st *stage, s server) error {
	// Nova calls a server active before its machine has booted.
	return poll(ctx, time.Minute, func() error {
		_, err := inside(ctx, machineOf(s), "systemd-run", "--unit="+portThief, "socat", "TCP-LISTEN:10250,fork,reuseaddr", "OPEN:/dev/null")
		return err
	})
}

// cutCable takes the machine off its network, where the cable is plugged in:
// inside the machine its own boot would mend it.
func cutCable(ctx context.Context, st *stage, s server) error { return st.setCable(ctx, s, "down") }

func (st *stage) setCable(ctx context.Context, s server, state string) error {
	client, endpoints, err := st.connect(ctx, userCloud)
	if err != nil {
		return err
	}
	network, err := openstack.NewNetworkV2(client, endpoints)
	if err != nil {
		return err
	}
	var answer struct{ Ports []struct{ ID string } }
	if _, err := network.Get(ctx, network.ServiceURL("ports")+"?device_id="+s.ID, &answer, nil); err != nil {
		return err
	}
	if len(answer.Ports) != 1 {
		return fmt.Errorf("server %s has %d ports", s.Name, len(answer.Ports))
	}
	const tapID = 11 // so many characters of the id fit into an interface's name
	tap := "tap" + answer.Ports[0].ID[:tapID]
	return poll(ctx, time.Minute, func() error {
		out, err := exec.CommandContext(ctx, "ip", "-n", "slipway-cloud", "link", "set", tap, state).CombinedOutput()
		if err != nil {
			return fmt.Errorf("setting %s of %s %s: %w: %s", tap, s.Name, state, err, out)
		}
		return nil
	})
}

// mend undoes whatever sabotage the machine has suffered.
func mend(ctx context.Context, st *stage, s server) error {
	if _, err := inside(ctx, machineOf(s), "sh", "-c", "systemctl stop "+portThief+" 2>/dev/null || :"); err != nil {
		return err
	}
	return st.setCable(ctx, s, "up")
}
