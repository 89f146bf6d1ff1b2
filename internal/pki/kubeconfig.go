package pki

import (
	"fmt"

	"sigs.k8s.io/yaml"
)

// kubeconfig mirrors the fields of the client configuration that Slipway sets.
type kubeconfig struct {
	APIVersion     string         `json:"apiVersion"`
	Kind           string         `json:"kind"`
	Clusters       []namedCluster `json:"clusters"`
	Users          []namedUser    `json:"users"`
	Contexts       []namedContext `json:"contexts"`
	CurrentContext string         `json:"current-context"`
}

type namedCluster struct {
	Name    string  `json:"name"`
	Cluster cluster `json:"cluster"`
}

type cluster struct {
	Server string `json:"server"`
	CAData []byte `json:"certificate-authority-data"`
}

type namedUser struct {
	Name string `json:"name"`
	User user   `json:"user"`
}

type user struct {
	CertData []byte `json:"client-certificate-data,omitempty"`
	KeyData  []byte `json:"client-key-data,omitempty"`
}

type namedContext struct {
	Name    string  `json:"name"`
	Context context `json:"context"`
}

type context struct {
	Cluster string `json:"cluster"`
	User    string `json:"user"`
}

// Kubeconfig renders the administrator's client configuration for the API
// server at an https URL.
func Kubeconfig(clusterName, server, caPEM, certPEM, keyPEM string) (string, error) {
	userName := clusterName + "-admin"
	text, err := yaml.Marshal(kubeconfig{
		APIVersion:     "v1",
		Kind:           "Config",
		Clusters:       []namedCluster{{clusterName, cluster{Server: server, CAData: []byte(caPEM)}}},
		Users:          []namedUser{{userName, user{CertData: []byte(certPEM), KeyData: []byte(keyPEM)}}},
		Contexts:       []namedContext{{clusterName, context{Cluster: clusterName, User: userName}}},
		CurrentContext: clusterName,
	})
	if err != nil {
		return "", fmt.Errorf("rendering the kubeconfig of %q: %w", clusterName, err)
	}
	return string(text), nil
}
