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

// CertManagerImages are all that cert-manager runs.
func CertManagerImages() []string {
	return []string{CertManagerController().String(), CertManagerWebhook().String(), CertManagerInjector().String(), CertManagerSolver().String()}
}
