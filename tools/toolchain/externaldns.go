package main

// externalDNS has ExternalDNS, and a stand-in of what has it write to Designate: no
// module proxy serves upstream's.
func (p pins) externalDNS() group {
	const (
		tool    = "external-dns"
		module  = "sigs.k8s.io/external-dns"
		webhook = "external-dns-openstack-webhook"
	)
	version := p.release("ExternalDNS")
	return group{
		items: []item{
			{name: tool, module: tool, output: "artifacts/bin/" + tool, packages: []string{module},
				ldflags: set(module+"/pkg/apis/externaldns.Version", version)},
			{name: webhook, module: tool, output: "artifacts/bin/" + webhook, packages: []string{"./openstack-webhook"}},
		},
		images: []imageSpec{
			{Ref: "registry.k8s.io/external-dns/external-dns:" + version, Entrypoint: []string{"/ko-app/" + tool},
				Files: map[string]string{"/ko-app/" + tool: "bin/" + tool}},
			{Ref: "ghcr.io/inovex/" + webhook + ":" + p.release("DesignateWebhook"), Entrypoint: []string{"/" + webhook},
				Files: map[string]string{"/" + webhook: "bin/" + webhook}},
		},
	}
}
