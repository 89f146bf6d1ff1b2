package main

import "time"

// The stacks that scenarios deploy. That of dev is the one that is shipped.
const (
	devStack          = "dev"
	haStack           = "e2e-ha"
	octaviaStack      = "e2e-octavia"
	dedicatedStack    = "e2e-dedicated"
	singleStack       = "e2e-single"
	ccmStack          = "e2e-ccm"
	cinderStack       = "e2e-cinder"
	metalLBStack      = "e2e-metallb"
	monitoringStack   = "e2e-monitoring"
	loggingStack      = "e2e-logging"
	vxlanStack        = "e2e-vxlan"
	hostGWStack       = "e2e-host-gw"
	routesStack       = "e2e-routes"
	ciliumStack       = "e2e-cilium"
	ciliumNativeStack = "e2e-cilium-native"
	calicoStack       = "e2e-calico"
	hostsStack        = "e2e-hosts" // its file tells of the hosts that the scenario makes
	keystoneStack     = "e2e-keystone"
	ingressStack      = "e2e-ingress"
	ingressVIPStack   = "e2e-ingress-vip"
	certificatesStack = "e2e-certificates"
	rookStack         = "e2e-rook"
	rookZonesStack    = "e2e-rook-zones"
	dnsStack          = "e2e-dns"
	dns01Stack        = "e2e-dns01"
	importStack       = "e2e-import"
	prodNetworkStack  = "e2e-prod-network" // in the place of the one that the shipped prod joins
	// In the order in which they can be destroyed: the network last.
	sharedBlueStack    = "e2e-shared-blue"
	sharedGreenStack   = "e2e-shared-green"
	sharedNetworkStack = "e2e-shared-network"
)

// overlays are the stacks whose files are made from Pulumi.dev.yaml, by what
// they change in it.
var overlays = map[string]func(values){
	haStack: func(v values) {
		v.at("slipway:cluster")["name"] = "ha"
		v.at("slipway:controlPlane")["nodes"] = nodes("cp1", "cp2", "cp3")
		v["slipway:endpoint"] = map[string]any{"type": "keepalived", "floatingIP": true}
	},
	octaviaStack: func(v values) {
		v.at("slipway:cluster")["name"] = "octavia"
		v.at("slipway:controlPlane")["nodes"] = nodes("cp1", "cp2", "cp3")
		v["slipway:endpoint"] = map[string]any{"type": "octavia", "floatingIP": true}
	},
	// Everything on nodes of its own, and the VIP at a chosen address.
	dedicatedStack: func(v values) {
		v.at("slipway:cluster")["name"] = "dedicated"
		v.at("slipway:controlPlane")["nodes"] = nodes("cp1", "cp2", "cp3")
		v.at("slipway:workerPools", "default")["nodes"] = nodes("w1")
		v["slipway:etcd"] = map[string]any{
			"flavor": "slipway.controlplane", "nodes": nodes("e1", "e2", "e3"), "volume": map[string]any{"sizeGB": 10},
		}
		v["slipway:endpoint"] = map[string]any{
			"type": "keepalived", "floatingIP": true,
			"keepalived": map[string]any{
				"address": "10.0.0.100", "virtualRouterID": 100,
				"proxies": map[string]any{"flavor": "slipway.worker", "nodes": nodes("p1", "p2")},
			},
		}
	},
	ccmStack: func(v values) {
		v.at("slipway:cluster")["name"] = "ccm"
		v.at("slipway:workerPools", "default")["nodes"] = nodes("w1")
		v["slipway:cloudController"] = map[string]any{"enabled": true, "loadBalancers": true}
	},
	cinderStack: func(v values) {
		v.at("slipway:cluster")["name"] = "cinder"
		// The local cloud's volumes reach every machine; its Cinder has one zone.
		v["slipway:cinderCSI"] = map[string]any{"enabled": true, "ignoreZones": true}
	},
	metalLBStack: func(v values) {
		v.at("slipway:cluster")["name"] = "metallb"
		v["slipway:metalLB"] = pooled(requestedAddress)
	},
	monitoringStack: func(v values) {
		v.at("slipway:cluster")["name"] = "monitoring"
		// One control plane is enough for HAProxy to be watched.
		v["slipway:endpoint"] = map[string]any{"type": "keepalived", "floatingIP": true}
		v["slipway:cinderCSI"] = map[string]any{"enabled": true, "ignoreZones": true}
		v["slipway:monitoring"] = map[string]any{"enabled": true, "storage": map[string]any{"sizeGB": 1}}
	},
	// The local cloud has no program that brings logs.
	loggingStack: func(v values) {
		v.at("slipway:cluster")["name"] = "logging"
		v.at("slipway:workerPools", "default")["nodes"] = nodes("w1")
		v["slipway:logging"] = map[string]any{"enabled": true, "externalCollector": true}
	},
	keystoneStack: func(v values) {
		v.at("slipway:cluster")["name"] = "keystone"
		v.at("slipway:controlPlane")["nodes"] = nodes("cp1", "cp2", "cp3")
		v.at("slipway:workerPools", "default")["nodes"] = nodes("w1")
		v["slipway:endpoint"] = map[string]any{"type": "keepalived", "floatingIP": true}
		v["slipway:keystoneAuth"] = map[string]any{"enabled": true, "roles": map[string]any{"member": "view", "admin": "cluster-admin"}}
	},
	ingressVIPStack: func(v values) {
		v.at("slipway:cluster")["name"] = "ingress-vip"
		v.at("slipway:controlPlane")["nodes"] = nodes("cp1", "cp2", "cp3")
		v["slipway:endpoint"] = map[string]any{"type": "keepalived", "floatingIP": true}
		v["slipway:ingress"] = map[string]any{"enabled": true, "type": "keepalived", "access": []any{"0.0.0.0/0"}}
	},
	ingressStack: func(v values) {
		v.at("slipway:cluster")["name"] = "ingress"
		v["slipway:metalLB"] = pooled(requestedAddress)
		v["slipway:ingress"] = map[string]any{"enabled": true, "address": announcedAddress}
	},
	// Nodes with disks; what runs on them comes later. Without the CSI drivers, of which the local cloud has no program.
	importStack: func(v values) {
		v.at("slipway:cluster")["name"] = "import"
		v.at("slipway:workerPools", "default")["nodes"] = nodes("w1")
		// What rules an imported group has besides the stack's, nobody knows.
		v.at("slipway:policy")["exceptions"] = []any{map[string]any{
			"rule": "no-default-rules", "reason": "a group was imported", "until": time.Now().AddDate(0, 0, 7).UTC().Format(time.DateOnly),
		}}
	},
	rookStack: func(v values) {
		v.at("slipway:cluster")["name"] = "rook"
		v.at("slipway:workerPools", "default")["nodes"] = nodes("w1", "w2", "w3")
		v.at("slipway:workerPools", "default")["storageVolumes"] = []any{map[string]any{"sizeGB": 6}}
		v["slipway:rookCeph"] = map[string]any{
			"enabled": false, "osdMemoryMB": 2048, "externalCSI": true, "block": map[string]any{"default": true},
			"filesystem": map[string]any{}, "objectStore": map[string]any{},
		}
		v["slipway:monitoring"] = map[string]any{"enabled": true}
	},
	rookZonesStack: func(v values) {
		v.at("slipway:cluster")["name"] = "rook-zones"
		v.at("slipway:workerPools", "default")["nodes"] = map[string]any{"w1": map[string]any{"zone": "az1"}, "w2": map[string]any{"zone": "az2"}}
		v.at("slipway:workerPools", "default")["storageVolumes"] = []any{map[string]any{"sizeGB": 6}}
		v["slipway:cloudController"] = map[string]any{"enabled": true}
		v["slipway:rookCeph"] = map[string]any{
			"enabled": true, "osdMemoryMB": 2048, "externalCSI": true, "failureDomain": "zone", "block": map[string]any{"replicas": 2},
		}
	},
	certificatesStack: func(v values) {
		v.at("slipway:cluster")["name"] = "certificates"
		v.at("slipway:workerPools", "default")["nodes"] = nodes("w1")
		pools := pooled(requestedAddress)
		pools["access"] = []any{map[string]any{"from": []string{"0.0.0.0/0"}, "ports": []int{80, 443}}}
		v["slipway:metalLB"] = pools
		v["slipway:ingress"] = map[string]any{"enabled": true, "address": announcedAddress, "tls": map[string]any{secureName: map[string]any{"issuer": "own"}}}
		v["slipway:certManager"] = map[string]any{"enabled": true, "issuers": map[string]any{"own": map[string]any{"type": "ca"}}}
	},
	// The issuer that asks by DNS comes with the zone, which the scenario makes.
	dns01Stack: func(v values) {
		v.at("slipway:cluster")["name"] = "dns01"
		v.at("slipway:workerPools", "default")["nodes"] = nodes("w1")
		pools := pooled(requestedAddress)
		pools["access"] = []any{map[string]any{"from": []string{"0.0.0.0/0"}, "ports": []int{80, 443}}}
		v["slipway:metalLB"] = pools
		v["slipway:ingress"] = map[string]any{"enabled": true, "address": announcedAddress}
		v["slipway:certManager"] = map[string]any{"enabled": true, "issuers": map[string]any{"own": map[string]any{"type": "ca"}}}
	},
	// ExternalDNS comes with the zone, which the scenario makes: see naming.
	dnsStack: func(v values) {
		v.at("slipway:cluster")["name"] = "dns"
		v.at("slipway:workerPools", "default")["nodes"] = nodes("w1")
		v["slipway:metalLB"] = pooled(requestedAddress)
		v["slipway:ingress"] = map[string]any{"enabled": true, "address": announcedAddress, "publicAddress": publicIP}
	},
	prodNetworkStack:   func(v values) { onlyNetwork(v, "prod-network", "10.0.0.0/16") },
	sharedNetworkStack: func(v values) { onlyNetwork(v, "shared", "10.20.0.0/20") },
	sharedBlueStack:    func(v values) { sharing(v, "blue", "10.20.0.20") },
	sharedGreenStack:   func(v values) { sharing(v, "green", "10.20.0.30") },
	vxlanStack:         func(v values) { v.at("slipway:cluster")["name"] = "vxlan" },
	hostGWStack: func(v values) {
		v.at("slipway:cluster")["name"] = "host-gw"
		v.at("slipway:kubernetes", "flannel")["backend"] = "host-gw"
	},
	routesStack: func(v values) {
		v.at("slipway:cluster")["name"] = "routes"
		v.at("slipway:kubernetes")["cni"] = "neutron-routes"
		delete(v.at("slipway:kubernetes"), "flannel")
		v["slipway:cloudController"] = map[string]any{"enabled": true}
	},
	ciliumStack: func(v values) {
		v.at("slipway:cluster")["name"] = "cilium"
		onCilium(v, "vxlan")
	},
	ciliumNativeStack: func(v values) {
		v.at("slipway:cluster")["name"] = "cilium-native"
		onCilium(v, "native")
	},
	calicoStack: func(v values) {
		v.at("slipway:cluster")["name"] = "calico"
		v.at("slipway:kubernetes")["cni"] = "calico"
		delete(v.at("slipway:kubernetes"), "flannel")
	},
	singleStack: func(v values) {
		v.at("slipway:cluster")["name"] = "single"
		v.at("slipway:controlPlane")["schedulable"] = true
		delete(v, "slipway:workerPools")
	},
}

// onCilium puts Cilium in flannel's place.
func onCilium(v values, mode string) {
	v.at("slipway:kubernetes")["cni"] = "cilium"
	v.at("slipway:kubernetes")["cilium"] = map[string]any{"mode": mode}
	delete(v.at("slipway:kubernetes"), "flannel")
}
