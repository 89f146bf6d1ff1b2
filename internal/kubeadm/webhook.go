package kubeadm

import (
	"fmt"
	"strconv"

	"slipway/internal/pki"
)

// What an API server asks about tokens that are not the cluster's: a program on
// its own node, so that it needs neither a network nor a load balancer, and no
// other node can take its place.
const (
	// TokenWebhookAddress is where it listens.
	TokenWebhookAddress = "127.0.0.1"
	// TokenWebhookPort is next to those of the control plane's own programs.
	TokenWebhookPort = 10263
	// TokenWebhookPath is what it answers at.
	TokenWebhookPath = "/v0/data/keystone/review"
	// TokenWebhookFile is the API server's file that says so.
	TokenWebhookFile = "token-webhook.yaml"
)

// RenderTokenWebhook returns how an API server reaches the program. Its
// certificate has to be of the cluster's authority.
func RenderTokenWebhook(caPEM string) (string, error) {
	text, err := pki.WebhookConfig("https://"+TokenWebhookAddress+":"+strconv.Itoa(TokenWebhookPort)+TokenWebhookPath, caPEM)
	if err != nil {
		return "", fmt.Errorf("rendering %s: %w", TokenWebhookFile, err)
	}
	return text, nil
}
