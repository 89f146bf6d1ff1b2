package main

// mistake changes a right configuration into a wrong one.
type mistake struct {
	title string
	path  string // how the message must name the place
	make  func(values)
	// alone marks a mistake that shows only when the rest is right, or that
	// stands in another's way.
	alone bool
	// beside makes another stack of the project, without which it is none. Optional.
	beside func(values)
}

func mistakes() []mistake { return append(clusterMistakes(), addonMistakes()...) }

func clusterMistakes() []mistake {
	return []mistake{
		{title: "unknown key", path: "slipway:network.cdir", make: func(v values) {
			v.at("slipway:network")["cdir"] = "10.0.0.0/16"
		}},
		{title: "bad CIDR", path: "slipway:network.cidr", make: func(v values) {
			v.at("slipway:network")["cidr"] = "10.0.0.0/33"
		}},
		{title: "even number of control planes", path: "slipway:controlPlane.nodes", make: func(v values) {
			v.at("slipway:controlPlane", "nodes")["cp2"] = map[string]any{}
		}},
		{title: "flavor too small", path: "slipway:workerPools[default].flavor", make: func(v values) {
			v.at("slipway:workerPools", "default")["flavor"] = "slipway.tiny"
		}},
		{title: "image that does not exist", path: "slipway:openstack.image", make: func(v values) {
			v.at("slipway:openstack")["image"] = "no-such-image"
		}},
		{title: "unknown zone", path: "slipway:openstack.zones[1]", make: func(v values) {
			v.at("slipway:openstack")["zones"] = []any{"az1", "az9"}
		}},
		{title: "overlapping networks", path: "slipway:kubernetes.serviceCIDR", make: func(v values) {
			v.at("slipway:kubernetes")["podCIDR"] = "10.64.0.0/12"
			v.at("slipway:kubernetes")["serviceCIDR"] = "10.64.0.0/16"
		}},
		{title: "VRID out of range", path: "slipway:endpoint.keepalived.virtualRouterID", make: func(v values) {
			keepalived(v)["virtualRouterID"] = 256
		}},
		{title: "VIP outside the subnet", path: "slipway:endpoint.keepalived.address", alone: true, make: func(v values) {
			keepalived(v)["address"] = "192.168.77.7"
		}},
		{title: "VIP at a node's address", path: "slipway:endpoint.keepalived.address", alone: true, make: func(v values) {
			keepalived(v)["address"] = "10.0.0.20"
			v.at("slipway:controlPlane", "nodes", "cp1")["address"] = "10.0.0.20"
		}},
		{title: "two nodes with one name", path: "slipway:workerPools[default].nodes[w1]", alone: true, make: func(v values) {
			v.at("slipway:controlPlane")["nodes"] = nodes("default-w1")
		}},
		{title: "proxies without a VIP", path: "slipway:endpoint.keepalived", alone: true, make: func(v values) {
			v["slipway:endpoint"] = map[string]any{"type": "direct", "keepalived": map[string]any{
				"proxies": map[string]any{"flavor": "slipway.worker", "nodes": nodes("p1")},
			}}
		}},
		{title: "a proxy among existing machines without a VIP", path: "slipway:hosts.machines[h2].role", alone: true, make: func(v values) {
			machinesOfStack(v, "10.81.0.1")
			v["slipway:endpoint"] = map[string]any{"type": "direct"}
			v.at("slipway:hosts", "machines", "h2")["role"] = "proxy"
		}},
		{title: "VRID used twice in one network", path: "slipway:endpoint.keepalived.virtualRouterID", alone: true, make: func(v values) {
			machinesOfStack(v, "10.81.0.1")
			keepalived(v)["address"], keepalived(v)["virtualRouterID"] = "10.81.0.100", 77
		}, beside: func(v values) {
			machinesOfStack(v, "10.81.0.2")
			keepalived(v)["address"], keepalived(v)["virtualRouterID"] = "10.81.0.200", 77
		}},
	}
}

// machinesOfStack makes a stack one of two existing machines, at addresses that
// begin alike.
func machinesOfStack(v values, addresses string) {
	machines := map[string]any{}
	for name, role := range map[string]string{"h1": "control-plane", "h2": "worker"} {
		machines[name] = map[string]any{"address": addresses + name[1:], "role": role}
	}
	onHosts(v, "ops", machines)
	v["slipway:endpoint"] = map[string]any{}
}

// keepalived makes the endpoint a VIP and returns its settings.
func keepalived(v values) values {
	v.at("slipway:endpoint")["type"] = "keepalived"
	return v.at("slipway:endpoint", "keepalived")
}
