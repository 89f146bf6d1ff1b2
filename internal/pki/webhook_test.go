package pki

import (
	"testing"

	"slipway/internal/golden"
)

func TestWebhookConfig(t *testing.T) {
	text, err := WebhookConfig("https://127.0.0.1:10263/review", "ca\n")
	if err != nil {
		t.Fatal(err)
	}
	golden.Assert(t, "webhook.yaml", text)
}
