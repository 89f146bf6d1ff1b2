package artifacts

import "slipway/internal/versions"

// ExternalDNS keeps records of the cluster's names.
func ExternalDNS() Image {
	return Image{"registry.k8s.io/external-dns/external-dns", versions.ExternalDNS}
}

// DesignateWebhook has it keep them in OpenStack.
func DesignateWebhook() Image {
	return Image{"ghcr.io/inovex/external-dns-openstack-webhook", versions.DesignateWebhook}
}

// ExternalDNSImages are all that it runs.
func ExternalDNSImages() []string {
	return []string{ExternalDNS().String(), DesignateWebhook().String()}
}
