package cilium

import "slipway/internal/artifacts"

// values is what is set of the chart's values:
// https://github.com/cilium/cilium/blob/v1.20.2/install/kubernetes/cilium/values.yaml
type values struct {
	Image     image           `json:"image"`
	Resources resources       `json:"resources"`
	Security  securityContext `json:"securityContext"`
	// RollOutPods restarts agents when their configuration changes: they read it once.
	RollOutPods bool           `json:"rollOutCiliumPods"`
	Operator    operatorValues `json:"operator"`

	RoutingMode    string `json:"routingMode"`
	TunnelProtocol string `json:"tunnelProtocol,omitempty"`
	// DirectNodeRoutes has each node route to the pods of the others.
	DirectNodeRoutes bool `json:"autoDirectNodeRoutes"`
	// RoutedCIDR is the range that is not masqueraded.
	RoutedCIDR string `json:"ipv4NativeRoutingCIDR,omitempty"`
	IPAM       ipam   `json:"ipam"`
	K8s        k8s    `json:"k8s"`

	// KubeProxyReplacement is a text that is "true" or "false".
	KubeProxyReplacement string `json:"kubeProxyReplacement"`
	BPF                  bpf    `json:"bpf"`
	Cgroup               cgroup `json:"cgroup"`

	// What is left out: policies of HTTP and names, for which Envoy runs, and the
	// Secrets that only such need; the record of all connections; addresses of
	// Services, which others give; probes between nodes, for which a port would have
	// to be open; what is for another cloud.
	L7Proxy        bool    `json:"l7Proxy"`
	Envoy          enabled `json:"envoy"`
	TLS            tls     `json:"tls"`
	Hubble         enabled `json:"hubble"`
	LBIPAM         bool    `json:"enableLBIPAM"`
	HealthChecking bool    `json:"healthChecking"`
	EndpointHealth enabled `json:"endpointHealthChecking"`
	CNI            cni     `json:"cni"`
}

type operatorValues struct {
	Image       image     `json:"image"`
	Resources   resources `json:"resources"`
	Replicas    int       `json:"replicas"`
	RollOutPods bool      `json:"rollOutPods"`
	Prometheus  enabled   `json:"prometheus"`
}

type image struct {
	// Override is the whole reference, whatever the chart knows of the image.
	Override string `json:"override"`
}

type securityContext struct {
	Capabilities capabilities `json:"capabilities"`
}

type capabilities struct {
	Agent []string `json:"ciliumAgent"`
	Clean []string `json:"cleanCiliumState"`
}

// minimal are the chart's own but SYS_RESOURCE, with which the agent would raise its
// limit of locked memory: programs in kernels since 5.11 do not count there.
func minimal() capabilities {
	return capabilities{
		Agent: []string{"CHOWN", "KILL", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "SYS_MODULE", "SYS_ADMIN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID", "SYSLOG"},
		Clean: []string{"NET_ADMIN", "SYS_MODULE", "SYS_ADMIN"},
	}
}

type resources struct {
	Requests map[string]string `json:"requests,omitempty"`
	Limits   map[string]string `json:"limits,omitempty"`
}

type ipam struct {
	Mode string `json:"mode"`
}

type k8s struct {
	RequireIPv4PodCIDR bool `json:"requireIPv4PodCIDR"`
}

type bpf struct {
	Masquerade bool `json:"masquerade"`
	// HostLegacyRouting has packets of pods pass through the node's packet filter.
	HostLegacyRouting bool `json:"hostLegacyRouting"`
}

type cgroup struct {
	AutoMount enabled `json:"autoMount"`
	HostRoot  string  `json:"hostRoot"`
}

type tls struct {
	// SecretSync lets the operator read all Secrets.
	SecretSync enabled `json:"secretSync"`
}

type cni struct {
	// ChainingMode is "portmap" for ports of hosts, which else only a replacement of
	// kube-proxy gives to pods. All nodes have that plugin.
	ChainingMode string `json:"chainingMode"`
	// FollowMTU has pods that run follow a change of the node's MTU, which chaining
	// would switch off.
	FollowMTU      bool      `json:"enableRouteMTUForCNIChaining"`
	RemoveAWSRules bool      `json:"iptablesRemoveAWSRules"`
	Resources      resources `json:"resources"`
}

type enabled struct {
	Enabled bool `json:"enabled"`
}

func (a *CiliumArgs) values() values {
	requests := func(cpu, memory string) resources {
		return resources{Requests: map[string]string{"cpu": cpu, "memory": memory}}
	}
	v := values{
		Image: image{artifacts.CiliumAgent().String()}, Resources: requests("100m", "256Mi"), RollOutPods: true,
		Security: securityContext{minimal()},
		Operator: operatorValues{
			Image: image{artifacts.CiliumOperator().String()}, Resources: requests("10m", "64Mi"),
			Replicas: a.Operators, RollOutPods: true,
		},
		// Each node has the range that the controller manager gives it, as with
		// every other pod network.
		IPAM: ipam{"kubernetes"}, K8s: k8s{RequireIPv4PodCIDR: true},
		KubeProxyReplacement: "false",
		// A rule of the node keeps pods from the cloud's metadata service: packets
		// that went past the packet filter would go past it.
		BPF: bpf{HostLegacyRouting: true},
		// The chart has a number there, of which the API server makes this text.
		CNI: cni{ChainingMode: "portmap", FollowMTU: true, Resources: resources{Limits: map[string]string{"cpu": "1"}}},
		// Where systemd has it.
		Cgroup: cgroup{HostRoot: "/sys/fs/cgroup"},
	}
	switch a.Mode {
	case VXLAN:
		v.RoutingMode, v.TunnelProtocol = "tunnel", "vxlan"
	case Native:
		v.RoutingMode, v.DirectNodeRoutes, v.RoutedCIDR = "native", true, a.PodCIDR.Masked().String()
	}
	return v
}
