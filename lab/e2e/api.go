package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

// api is a plain client of the Kubernetes API: kubectl takes too long to start
// for ten requests in a second.
type api struct {
	server *url.URL
	client *http.Client
}

// api connects with the kubeconfig that `make up` wrote.
func (st *stage) api() (*api, error) {
	text, err := os.ReadFile(st.kubeconfig())
	if err != nil {
		return nil, err
	}
	a, err := newAPI(text)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", st.kubeconfig(), err)
	}
	return a, nil
}

func newAPI(kubeconfig []byte) (*api, error) {
	var file struct {
		Clusters []struct {
			Cluster struct {
				Server string `json:"server"`
				CA     []byte `json:"certificate-authority-data"`
			} `json:"cluster"`
		} `json:"clusters"`
		Users []struct {
			User struct {
				Certificate []byte `json:"client-certificate-data"`
				Key         []byte `json:"client-key-data"`
			} `json:"user"`
		} `json:"users"`
	}
	if err := yaml.Unmarshal(kubeconfig, &file); err != nil {
		return nil, err
	}
	if len(file.Clusters) != 1 || len(file.Users) != 1 {
		return nil, fmt.Errorf("it has %d clusters and %d users, want one of each", len(file.Clusters), len(file.Users))
	}
	server, err := url.Parse(file.Clusters[0].Cluster.Server)
	if err != nil {
		return nil, err
	}
	user := file.Users[0].User
	certificate, err := tls.X509KeyPair(user.Certificate, user.Key)
	if err != nil {
		return nil, err
	}
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(file.Clusters[0].Cluster.CA)
	// Its own transport speaks HTTP/1.1: a request that times out takes its
	// connection with it, and the next one gets another.
	transport := &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: authorities, Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12},
		DialContext:         (&net.Dialer{Timeout: time.Second}).DialContext,
		TLSHandshakeTimeout: time.Second,
		MaxIdleConnsPerHost: 4,
	}
	return &api{server, &http.Client{Transport: transport}}, nil
}

// do sends a request and wants success.
func (a *api) do(ctx context.Context, method, path, body string) error {
	request, err := http.NewRequestWithContext(ctx, method, a.server.JoinPath(path).String(), strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := a.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s: %s", method, path, response.Status)
	}
	return nil
}

// read reads an object that is there in every cluster; the API server asks etcd
// for it.
func (a *api) read(ctx context.Context) error {
	return a.do(ctx, http.MethodGet, "/api/v1/namespaces/kube-system/configmaps/kubeadm-config", "")
}

// writtenLabel marks what write makes: when it is cut off, something stays.
const writtenLabel = "e2e=write"

// write makes an object and deletes it again.
func (a *api) write(ctx context.Context) error {
	const path = "/api/v1/namespaces/default/configmaps"
	name := fmt.Sprintf("e2e-write-%d", time.Now().UnixNano())
	object := fmt.Sprintf(`{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": %q, "labels": {"e2e": "write"}}}`, name)
	if err := a.do(ctx, http.MethodPost, path, object); err != nil {
		return err
	}
	return a.do(ctx, http.MethodDelete, path+"/"+name, "")
}
