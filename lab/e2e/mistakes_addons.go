package main

// addonMistakes are those in what a cluster has on top. Those that are not made alone
// leave each other visible.
func addonMistakes() []mistake {
	return []mistake{
		{title: "two default storage classes", path: "slipway:cinderCSI.storageClasses[slow].default", make: func(v values) {
			v["slipway:cinderCSI"] = map[string]any{"storageClasses": map[string]any{
				"fast": map[string]any{"default": true}, "slow": map[string]any{"default": true},
			}}
		}},
		{title: "routes of OpenStack among existing machines", path: "slipway:kubernetes.cni", alone: true, make: func(v values) {
			machinesOfStack(v, "10.81.0.1")
			v.at("slipway:kubernetes")["cni"] = "neutron-routes"
		}},
		{title: "Ceph without volumes", path: "slipway:rookCeph.enabled", alone: true, make: cephOn},
		{title: "more copies than nodes", path: "slipway:rookCeph.block.replicas", alone: true, make: func(v values) {
			cephOn(v)
			v.at("slipway:rookCeph")["block"] = map[string]any{"replicas": 3}
			v.at("slipway:workerPools", "default")["storageVolumes"] = []any{map[string]any{"sizeGB": 6}}
		}},
		{title: "two default storage classes, of Ceph and Cinder", path: "slipway:rookCeph.block.default", alone: true, make: func(v values) {
			cephOn(v)
			v.at("slipway:rookCeph")["block"] = map[string]any{"replicas": 2, "default": true}
			v.at("slipway:workerPools", "default")["storageVolumes"] = []any{map[string]any{"sizeGB": 6}}
			v.at("slipway:cinderCSI")["enabled"] = true
		}},
		{title: "a Kubernetes too new for Rook", path: "slipway:rookCeph.enabled", alone: true, make: func(v values) {
			cephOn(v)
			v.at("slipway:rookCeph")["block"] = map[string]any{"replicas": 2}
			v.at("slipway:workerPools", "default")["storageVolumes"] = []any{map[string]any{"sizeGB": 6}}
			v.at("slipway:kubernetes")["version"] = "v1.37.0"
		}},
		{title: "MetalLB with the VIP", path: "slipway:metalLB.pools[public].addresses[0]", alone: true, make: func(v values) {
			keepalived(v)["address"] = "10.0.0.250"
			v["slipway:metalLB"] = map[string]any{"enabled": true, "pools": map[string]any{
				"public": map[string]any{"addresses": []any{"10.0.0.240-10.0.0.252"}},
			}}
		}},
	}
}
