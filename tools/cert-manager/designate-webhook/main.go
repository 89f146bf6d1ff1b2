// Command designate-webhook has cert-manager write records of DNS-01 challenges to
// Designate. It stands in for upstream's program, whose module no proxy serves: the
// same group, name of the solver, and variables that it logs in with.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/cert-manager/cert-manager/pkg/acme/webhook/apis/acme/v1alpha1"
	"github.com/cert-manager/cert-manager/pkg/acme/webhook/cmd"
	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"k8s.io/client-go/rest"
)

const (
	groupName  = "acme.syseleven.de"
	solverName = "designatedns"

	loginTimeout = time.Minute
	writeTimeout = 30 * time.Second
)

func main() { cmd.RunWebhookServer(groupName, &solver{}) }

// solver is what cert-manager's server asks for each challenge.
type solver struct{ records records }

func (s *solver) Name() string { return solverName }

// Initialize logs in; a token that has run out is replaced later on.
func (s *solver) Initialize(*rest.Config, <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(context.Background(), loginTimeout)
	defer cancel()
	client, err := logIn(ctx)
	s.records = designate{client}
	return err
}

func (s *solver) Present(ch *v1alpha1.ChallengeRequest) error {
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	return present(ctx, s.records, ch.ResolvedZone, ch.ResolvedFQDN, ch.Key)
}

func (s *solver) CleanUp(ch *v1alpha1.ChallengeRequest) error {
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	return cleanUp(ctx, s.records, ch.ResolvedZone, ch.ResolvedFQDN, ch.Key)
}

func logIn(ctx context.Context) (*gophercloud.ServiceClient, error) {
	login, err := openstack.AuthOptionsFromEnv()
	if err != nil {
		return nil, err
	}
	login.AllowReauth = true
	provider, err := openstack.NewClient(login.IdentityEndpoint)
	if err != nil {
		return nil, err
	}
	if file := os.Getenv("OPENSTACK_CA_FILE"); file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		trusted := x509.NewCertPool()
		if !trusted.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s has no certificate", file)
		}
		provider.HTTPClient = http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}}
	}
	if err := openstack.Authenticate(ctx, provider, login); err != nil {
		return nil, fmt.Errorf("logging in at %s: %w", login.IdentityEndpoint, err)
	}
	return openstack.NewDNSV2(provider, gophercloud.EndpointOpts{Region: os.Getenv("OS_REGION_NAME")})
}
