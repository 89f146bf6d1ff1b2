package main

import "path"

// ingress has Traefik, the chart that upstream publishes for it, and the definitions
// of the Gateway API.
func (p pins) ingress() group {
	const (
		tool     = "traefik"
		upstream = "github.com/traefik/traefik/v3"
		standard = "config/crd/standard/gateway.networking.k8s.io_"
	)
	version := p.release("Traefik")
	g := group{
		items: []item{{name: tool, module: tool, output: "artifacts/bin/" + tool, packages: []string{upstream + "/cmd/" + tool},
			ldflags: set(upstream+"/pkg/version.Version", version)}},
		images: []imageSpec{{Ref: "docker.io/library/traefik:" + version, Entrypoint: []string{"/" + tool},
			Files: map[string]string{"/" + tool: "bin/" + tool}}},
		files: []published{{
			file: "traefik.github.io/charts/traefik/traefik-" + p.release("TraefikChart") + ".tgz",
			from: moduleFile{tool: tool, module: "github.com/traefik/traefik-helm-chart", path: "traefik"}, top: "traefik/",
		}},
	}
	base := "raw.githubusercontent.com/kubernetes-sigs/gateway-api/" + p.release("GatewayAPI")
	for _, kind := range []string{"backendtlspolicies", "gatewayclasses", "gateways", "grpcroutes", "httproutes", "listenersets",
		"referencegrants", "tcproutes", "tlsroutes", "udproutes"} {
		file := standard + kind + ".yaml"
		g.files = append(g.files, published{file: path.Join(base, file), from: moduleFile{tool: tool, module: "sigs.k8s.io/gateway-api", path: file}})
	}
	return g
}
