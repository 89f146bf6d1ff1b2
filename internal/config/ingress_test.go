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
		"behind nothing":            {`{enabled: true}`, "", "", `slipway:ingress.enabled: Invalid value: true: needs an address: enable slipway:metalLB, or on OpenStack slipway:cloudController.loadBalancers`},
		"MetalLB off":               {`{enabled: true}`, `{"pools": {"one": {"addresses": ["10.0.0.240/28"]}}}`, `{"enabled": true}`, `slipway:ingress.enabled: Invalid value: true: needs an address: enable slipway:metalLB, or on OpenStack slipway:cloudController.loadBalancers`},
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

func TestIngressByDefault(t *testing.T) {
	if c := mustLoad(t, with(t, "slipway:ingress", `{}`)); c.Ingress.Replicas != 2 || c.Ingress.Enabled {
		t.Errorf("by default it is %+v", c.Ingress)
	}
}
