package artifacts

import "slipway/internal/versions"

// Traefik hands HTTP requests to Services.
func Traefik() Image { return Image{"docker.io/library/traefik", versions.Traefik} }

// IngressImages are all that the ingress runs.
func IngressImages() []string { return []string{Traefik().String()} }
