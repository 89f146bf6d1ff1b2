package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"
)

// failingNeutron stands in front of the network API and answers 500 to every
// request for a new port.
func (l *lab) failingNeutron(ctx context.Context) (*httptest.Server, error) {
	network, err := l.network(ctx)
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
func takeKubeletPort(ctx context.Context, st *stage, host string) error {
	// Nova calls a server active before its machine has booted.
	return poll(ctx, time.Minute, func() error {
		_, err := st.inside(ctx, host, "systemd-run", "--unit="+portThief, "socat", "TCP-LISTEN:10250,fork,reuseaddr", "OPEN:/dev/null")
		return err
	})
}

// cutCable takes the machine off its network, from outside: inside the machine
// its own boot would mend it.
func cutCable(ctx context.Context, st *stage, host string) error {
	return poll(ctx, time.Minute, func() error {
		if _, err := st.inside(ctx, host, "true"); err != nil {
			return err // it has not booted yet
		}
		return st.fault(ctx, "cut", host)
	})
}

// mend undoes whatever sabotage the machine has suffered.
func mend(ctx context.Context, st *stage, host string) error {
	if _, err := st.inside(ctx, host, "sh", "-c", "systemctl stop "+portThief+" 2>/dev/null || :"); err != nil {
		return err
	}
	return st.fault(ctx, "mend", host)
}
