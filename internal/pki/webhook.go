package pki

import (
	"fmt"

	"sigs.k8s.io/yaml"
)

// WebhookConfig renders how an API server reaches a webhook at an https URL whose
// certificate is of the given authority. The API server shows none of its own.
func WebhookConfig(url, caPEM string) (string, error) {
	const name = "webhook"
	text, err := yaml.Marshal(kubeconfig{
		APIVersion:     "v1",
		Kind:           "Config",
		Clusters:       []namedCluster{{name, cluster{Server: url, CAData: []byte(caPEM)}}},
		Users:          []namedUser{{Name: name}},
		Contexts:       []namedContext{{name, context{Cluster: name, User: name}}},
		CurrentContext: name,
	})
	if err != nil {
		return "", fmt.Errorf("rendering the configuration of a webhook at %s: %w", url, err)
	}
	return string(text), nil
}
