// Package kubeadm renders the configuration that kubeadm reads on a node. It
// runs nothing; internal/bootstrap brings the result to the node.
package kubeadm

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

const (
	kubeadmAPI = "kubeadm.k8s.io/v1beta4"
	kubeletAPI = "kubelet.config.k8s.io/v1beta1"
	criSocket  = "unix:///run/containerd/containerd.sock"
	// everywhere makes metrics reachable for monitoring on other nodes; the
	// security groups admit nodes only.
	everywhere = "0.0.0.0"
	// tokenTTL outlasts a first deployment; later joins renew the token.
	tokenTTL = "2h0m0s"
)

// patience is kubeadm's, at twice its defaults: on a busy machine a new API
// server may take more than the usual minute to answer its first request.
var patience = timeouts{KubernetesAPICall: "2m0s", EtcdAPICall: "4m0s"}

// RenderInit returns what the first control plane of a cluster is made from.
func RenderInit(c Cluster, n Node, token string) (string, error) {
	if err := c.validate(); err != nil {
		return "", fmt.Errorf("rendering kubeadm's configuration: %w", err)
	}
	if err := n.validate(); err != nil {
		return "", fmt.Errorf("rendering kubeadm's configuration: %w", err)
	}
	first := initConfiguration{
		typeMeta:         typeMeta{kubeadmAPI, "InitConfiguration"},
		BootstrapTokens:  []bootstrapToken{{Token: token, Description: "joins nodes of " + c.Name, TTL: tokenTTL}},
		NodeRegistration: c.registration(n),
		LocalAPIEndpoint: apiEndpoint{AdvertiseAddress: n.Address, BindPort: c.Port},
		Timeouts:         patience,
	}
	if c.SpreadDNS {
		first.Patches.Directory = patchesDir
	}
	return documents(
		first,
		c.configuration(),
		c.kubelet(),
		c.proxy(),
	)
}

// RenderJoin returns what a worker joins with.
func RenderJoin(c Cluster, n Node, d Discovery) (string, error) {
	join, err := c.join(n, d)
	if err != nil {
		return "", err
	}
	return documents(join)
}

// RenderControlPlaneJoin returns what a further control plane joins with. It
// needs the cluster's PKI in place: nothing is uploaded to the cluster.
func RenderControlPlaneJoin(c Cluster, n Node, d Discovery) (string, error) {
	join, err := c.join(n, d)
	if err != nil {
		return "", err
	}
	join.ControlPlane = &joinControlPlane{apiEndpoint{AdvertiseAddress: n.Address, BindPort: c.Port}}
	return documents(join)
}

func (c Cluster) join(n Node, d Discovery) (joinConfiguration, error) {
	for _, err := range []error{c.validate(), n.validate(), d.validate()} {
		if err != nil {
			return joinConfiguration{}, fmt.Errorf("rendering kubeadm's configuration: %w", err)
		}
	}
	return joinConfiguration{
		typeMeta: typeMeta{kubeadmAPI, "JoinConfiguration"},
		Discovery: discovery{bootstrapTokenDiscovery{
			Token:             d.Token,
			APIServerEndpoint: c.Endpoint,
			CACertHashes:      []string{d.CACertHash},
		}},
		NodeRegistration: c.registration(n),
		Timeouts:         patience,
	}, nil
}

func (c Cluster) registration(n Node) nodeRegistration {
	extra := []arg{{"node-ip", n.Address}}
	if c.ExternalCloudProvider {
		extra = append(extra, arg{"cloud-provider", "external"})
	}
	if len(n.Labels) > 0 {
		var pairs []string
		for _, key := range slices.Sorted(maps.Keys(n.Labels)) {
			pairs = append(pairs, key+"="+n.Labels[key])
		}
		extra = append(extra, arg{"node-labels", strings.Join(pairs, ",")})
	}
	return nodeRegistration{
		Name:                  n.Name,
		CRISocket:             criSocket,
		ImagePullPolicy:       "IfNotPresent",
		IgnorePreflightErrors: n.IgnorePreflightErrors,
		KubeletExtraArgs:      extra,
		Taints:                append([]Taint{}, n.Taints...), // never null: see nodeRegistration
	}
}

// documents renders values as one YAML stream.
func documents(values ...any) (string, error) {
	var parts []string
	for _, v := range values {
		text, err := yaml.Marshal(v)
		if err != nil {
			return "", fmt.Errorf("rendering kubeadm's configuration: %w", err)
		}
		parts = append(parts, string(text))
	}
	return strings.Join(parts, "---\n"), nil
}
