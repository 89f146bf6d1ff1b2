package artifacts

import "slipway/internal/versions"

const jetstack = "quay.io/jetstack/cert-manager-"

// CertManagerController has certificates issued.
func CertManagerController() Image { return Image{jetstack + "controller", versions.CertManager} }

// CertManagerWebhook admits objects of cert-manager's kinds.
func CertManagerWebhook() Image { return Image{jetstack + "webhook", versions.CertManager} }

// CertManagerInjector tells the API server whom to trust as the webhook.
func CertManagerInjector() Image { return Image{jetstack + "cainjector", versions.CertManager} }

// CertManagerSolver answers ACME servers.
func CertManagerSolver() Image { return Image{jetstack + "acmesolver", versions.CertManager} }

// DNS01Webhook has it write records of challenges to OpenStack.
func DNS01Webhook() Image {
	return Image{"docker.io/syseleven/designate-certmanager-webhook", versions.DNS01Webhook}
}

// CertManagerImages are all that cert-manager runs, for DNS-01 challenges or without.
func CertManagerImages(dns01 bool) []string {
	images := []string{CertManagerController().String(), CertManagerWebhook().String(), CertManagerInjector().String(), CertManagerSolver().String()}
	if dns01 {
		images = append(images, DNS01Webhook().String())
	}
	return images
}
