package config

import "testing"

func TestIngress(t *testing.T) {
	const pools = `{"enabled": true, "pools": {"one": {"addresses": ["10.0.0.240/28"]}}}`
	const onRequest = `{"enabled": true, "pools": {"one": {"addresses": ["10.0.0.240/28"], "onRequest": true}}}`
	for name, tt := range map[string]struct{ value, metalLB, controller, want string }{
		"off":                       {`{address: 10.0.0.9}`, "", "", ""},
		"behind MetalLB":            {`{enabled: true}`, pools, "", ""},
		"at an address of MetalLB":  {`{enabled: true, replicas: 1, address: 10.0.0.241}`, onRequest, "", ""},
		"behind a load balancer":    {`{enabled: true}`, "", `{"enabled": true, "loadBalancers": true}`, ""},
		"known by a name":           {`{enabled: true, publicAddress: www.example.org}`, `{"enabled": true, "pools": {"one": {"addresses": ["10.0.0.240/28"]}}}`, "", ""},
		"known by nothing":          {`{enabled: true, publicAddress: "10.0.0.0/8"}`, `{"enabled": true, "pools": {"one": {"addresses": ["10.0.0.240/28"]}}}`, "", `slipway:ingress.publicAddress: Invalid value: "10.0.0.0/8": must be an address or a name: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`},
		"behind nothing":            {`{enabled: true}`, "", "", `slipway:ingress.enabled: Invalid value: true: needs an address: enable slipway:metalLB, on OpenStack slipway:cloudController.loadBalancers, or have slipway:ingress.type: keepalived`},
		"MetalLB off":               {`{enabled: true}`, `{"pools": {"one": {"addresses": ["10.0.0.240/28"]}}}`, `{"enabled": true}`, `slipway:ingress.enabled: Invalid value: true: needs an address: enable slipway:metalLB, on OpenStack slipway:cloudController.loadBalancers, or have slipway:ingress.type: keepalived`},
		"an address of nobody":      {`{enabled: true, address: 10.0.0.9}`, pools, "", `slipway:ingress.address: Invalid value: "10.0.0.9": is in none of slipway:metalLB.pools`},
		"an address of the cloud":   {`{enabled: true, address: 10.0.0.241}`, "", `{"enabled": true, "loadBalancers": true}`, `slipway:ingress.address: Invalid value: "10.0.0.241": chooses among the addresses of slipway:metalLB, which is not enabled`},
		"addresses on request only": {`{enabled: true}`, onRequest, "", `slipway:ingress.address: Required value: every one of slipway:metalLB.pools gives addresses on request only`},
		"no pod":                    {`{replicas: -1}`, "", "", `slipway:ingress.replicas: Invalid value: -1: must be 1 or more`},
	} {
		t.Run(name, func(t *testing.T) {
			raw := with(t, "slipway:ingress", tt.value)
			for key, value := range map[string]string{"slipway:metalLB": tt.metalLB, "slipway:cloudController": tt.controller} {
				if value != "" {
					raw[key] = value
				}
			}
			_, problems := Load(raw)
			checkProblems(t, problems, tt.want)
		})
	}
}

// At the virtual address its ports have to be free, and somebody may reach it.
func TestIngressKeepalived(t *testing.T) {
	const keepalived = `{"type": "keepalived", "floatingIP": true}`
	for name, tt := range map[string]struct{ value, endpoint, want string }{
		"plain":           {`{enabled: true, type: keepalived, access: [0.0.0.0/0]}`, keepalived, ""},
		"for nobody":      {`{enabled: true, type: keepalived}`, keepalived, `slipway:ingress.access: Required value: the ranges that may reach it, e.g. [192.0.2.0/24], or [0.0.0.0/0] for everybody`},
		"for none":        {`{enabled: true, type: keepalived, access: []}`, keepalived, `slipway:ingress.access: Required value: the ranges that may reach it, e.g. [192.0.2.0/24]`},
		"no address":      {`{enabled: true, type: keepalived, access: [0.0.0.0/0]}`, `{"type": "direct"}`, `slipway:ingress.type: Invalid value: "keepalived": is reached at the API's virtual address, but slipway:endpoint.type is direct`},
		"two addresses":   {`{enabled: true, type: keepalived, access: [0.0.0.0/0], address: 10.0.0.9}`, keepalived, `slipway:ingress.address: Forbidden: belongs to slipway:ingress.type: loadBalancer; this type is reached at slipway:endpoint.keepalived.address`},
		"the API's port":  {`{enabled: true, type: keepalived, access: [0.0.0.0/0]}`, `{"type": "keepalived", "floatingIP": true, "port": 80}`, `slipway:endpoint.port: Invalid value: 80: is Traefik's with slipway:ingress.type: keepalived, at the same address`},
		"443 is free":     {`{enabled: true, type: keepalived, access: [0.0.0.0/0]}`, `{"type": "keepalived", "floatingIP": true, "port": 443}`, ""},
		"access, for all": {`{type: keepalived, access: [10.0.0.1/8]}`, "", `slipway:ingress.access[0]: Invalid value: "10.0.0.1/8": has host bits set: write 10.0.0.0/8`},
		"no type":         {`{type: nodePort}`, "", `slipway:ingress.type: Unsupported value: "nodePort": supported values: "loadBalancer", "keepalived"`},
		"MetalLB decides": {`{enabled: true, access: [0.0.0.0/0]}`, "", `slipway:ingress.access: Forbidden: belongs to slipway:ingress.type: keepalived; with MetalLB slipway:metalLB.access decides
slipway:ingress.enabled: Invalid value: true: needs an address: enable slipway:metalLB, on OpenStack slipway:cloudController.loadBalancers, or have slipway:ingress.type: keepalived`},
	} {
		t.Run(name, func(t *testing.T) {
			raw := with(t, "slipway:ingress", tt.value)
			if tt.endpoint != "" {
				raw["slipway:endpoint"] = tt.endpoint
			}
			_, problems := Load(raw)
			checkProblems(t, problems, tt.want)
		})
	}
}

func TestIngressByDefault(t *testing.T) {
	if c := mustLoad(t, with(t, "slipway:ingress", `{}`)); c.Ingress.Replicas != 2 || c.Ingress.Type != IngressLoadBalancer || c.Ingress.Enabled {
		t.Errorf("by default it is %+v", c.Ingress)
	}
}
