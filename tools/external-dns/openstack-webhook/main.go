// Openstack-webhook has ExternalDNS keep records in Designate. It stands in for
// upstream's program, whose module no proxy serves: the same addresses, the same
// clouds.yaml, and the kinds of records that ExternalDNS writes for A records.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/config"
	"github.com/gophercloud/gophercloud/v2/openstack/config/clouds"
	"sigs.k8s.io/external-dns/endpoint"
	"sigs.k8s.io/external-dns/provider/webhook/api"
)

const (
	webhookAddress = "127.0.0.1:8888" // of the protocol, which has no logins
	statusAddress  = ":8080"
	loginTimeout   = time.Minute
)

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "openstack-webhook:", err)
		os.Exit(1)
	}
}

func serve() error {
	ctx, cancel := context.WithTimeout(context.Background(), loginTimeout)
	defer cancel()
	var only []string
	flag.Func("domain-filter", "a domain to work on, with all below it; can be repeated (default: all)", func(domain string) error {
		only = append(only, domain)
		return nil
	})
	flag.Parse()
	records, err := logIn(ctx)
	if err != nil {
		return err
	}
	// Upstream's is healthy once it has logged in.
	started := make(chan struct{})
	go api.StartHTTPApi(designate{records, endpoint.NewDomainFilter(only)}, started, 0, 0, webhookAddress) // ends the program when it fails
	<-started
	fmt.Println("serving ExternalDNS on", webhookAddress)
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(http.ResponseWriter, *http.Request) {})
	server := http.Server{Addr: statusAddress, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	return server.ListenAndServe()
}

// logIn does so as clouds.yaml says, and again whenever a token has run out.
func logIn(ctx context.Context) (*cloud, error) {
	login, where, tls, err := clouds.Parse(clouds.WithLocations("/etc/openstack/clouds.yaml"), clouds.WithCloudName("openstack"))
	if err != nil {
		return nil, fmt.Errorf("reading clouds.yaml: %w", err)
	}
	login.AllowReauth = true
	provider, err := config.NewProviderClient(ctx, login, config.WithTLSConfig(tls))
	if err != nil {
		return nil, fmt.Errorf("logging in at %s: %w", login.IdentityEndpoint, err)
	}
	client, err := openstack.NewDNSV2(provider, where)
	if err != nil {
		return nil, fmt.Errorf("looking for Designate: %w", err)
	}
	return &cloud{client}, nil
}
