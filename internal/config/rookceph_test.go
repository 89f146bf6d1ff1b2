package config

import "testing"

func TestRookCeph(t *testing.T) {
	const (
		storage = `{"front": {"flavor": "m1.large", "nodes": {"w1": {}, "w2": {}, "w3": {}}, "storageVolumes": [{"sizeGB": 100}]}}`
		bare    = `{"front": {"flavor": "m1.large", "nodes": {"w1": {}, "w2": {}, "w3": {}}}}`
	)
	for name, tt := range map[string]struct {
		value, pools string
		more         map[string]string
		want         string
	}{
		"as it comes":        {`{enabled: true}`, storage, nil, ""},
		"everything":         {`{enabled: true, block: {default: true}, filesystem: {replicas: 2, reclaimPolicy: Retain}, objectStore: {gateways: 2}, deleteData: true}`, storage, nil, ""},
		"off":                {`{failureDomain: zone}`, bare, nil, ""},
		"too new Kubernetes": {`{enabled: true}`, storage, map[string]string{"slipway:kubernetes": `{"version": "v1.37.0"}`}, `slipway:rookCeph.enabled: Invalid value: true: is for Kubernetes 1.35 to 1.36 (Rook v1.20.6), but slipway:kubernetes.version is v1.37.0`},
		"no disk":            {`{enabled: true}`, bare, nil, `slipway:rookCeph.enabled: Invalid value: true: no node has anything to store data on: give a pool of slipway:workerPools storageVolumes`},
		"too many copies":    {`{enabled: true, block: {replicas: 4}}`, storage, nil, `slipway:rookCeph.block.replicas: Invalid value: 4: each copy is in another host, and storage nodes are in 3: dev-front-w1, dev-front-w2, dev-front-w3`},
		"one copy":           {`{enabled: true, objectStore: {replicas: 1}}`, storage, nil, `slipway:rookCeph.objectStore.replicas: Invalid value: 1: must be at least 2: with one copy, a lost disk is lost data`},
		"nobody answers":     {`{objectStore: {gateways: -1}}`, bare, nil, `slipway:rookCeph.objectStore.gateways: Invalid value: -1: must be 1 or more`},
		"little memory":      {`{osdMemoryMB: 512}`, bare, nil, `slipway:rookCeph.osdMemoryMB: Invalid value: 512: must be at least 2048`},
		"no such policy":     {`{block: {reclaimPolicy: Recycle}}`, bare, nil, `slipway:rookCeph.block.reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"`},
		"no such domain":     {`{failureDomain: rack}`, bare, nil, `slipway:rookCeph.failureDomain: Unsupported value: "rack": supported values: "host", "zone"`},
		"zones of nobody":    {`{enabled: true, failureDomain: zone}`, storage, nil, `slipway:rookCeph.failureDomain: Invalid value: "zone": needs nodes that know their zones: slipway:cloudController tells them, on OpenStack`},
		"any zone":           {`{enabled: true, failureDomain: zone}`, storage, map[string]string{"slipway:cloudController": `{"enabled": true}`, "slipway:openstack": `{"externalNetwork": "public", "image": "debian-12"}`}, `slipway:rookCeph.failureDomain: Invalid value: "zone": dev-front-w1, dev-front-w2, dev-front-w3 may be in any zone: name theirs, or slipway:openstack.zones`},
		"few zones":          {`{enabled: true, failureDomain: zone}`, storage, map[string]string{"slipway:cloudController": `{"enabled": true}`}, `slipway:rookCeph.block.replicas: Invalid value: 3: each copy is in another zone, and storage nodes are in 2: az1, az2`},
		"a second default":   {`{enabled: true, block: {default: true}}`, storage, map[string]string{"slipway:cinderCSI": `{"enabled": true}`}, `slipway:rookCeph.block.default: Invalid value: true: is slipway:cinderCSI.storageClasses[cinder].default too: a claim that names no class can have only one`},
		"two of Ceph":        {`{enabled: true, block: {default: true}, filesystem: {default: true}}`, storage, nil, `slipway:rookCeph.filesystem.default: Invalid value: true: is slipway:rookCeph.block.default too: a claim that names no class can have only one`},
		"watched by its own": {`{enabled: true}`, storage, map[string]string{"slipway:monitoring": `{"enabled": true, "storage": {"sizeGB": 20}}`}, `slipway:monitoring.storage.class: Invalid value: "ceph-block": is of slipway:rookCeph, which comes after what watches it`},
		"the same, named":    {`{enabled: true, block: {}, filesystem: {}}`, storage, map[string]string{"slipway:monitoring": `{"enabled": true, "storage": {"sizeGB": 20, "class": "ceph-filesystem"}}`}, `slipway:monitoring.storage.class: Invalid value: "ceph-filesystem": is of slipway:rookCeph, which comes after what watches it`},
		"watched beside it":  {`{enabled: true}`, storage, map[string]string{"slipway:monitoring": `{"enabled": true, "storage": {"sizeGB": 20, "class": "other"}}`}, ""},
		"small volumes":      {`{}`, `{"front": {"flavor": "m1.large", "nodes": {"w1": {}}, "storageVolumes": [{"sizeGB": 100}, {"sizeGB": 1}]}}`, nil, `slipway:workerPools[front].storageVolumes[1].sizeGB: Invalid value: 1: must be at least 5`},
	} {
		t.Run(name, func(t *testing.T) {
			raw := with(t, "slipway:rookCeph", tt.value)
			raw["slipway:workerPools"] = tt.pools
			for key, value := range tt.more {
				raw[key] = value
			}
			_, problems := Load(raw)
			checkProblems(t, problems, tt.want)
		})
	}
}

// Without a wish, claims get block devices, and those that name no class too unless
// Cinder serves them.
func TestRookCephByDefault(t *testing.T) {
	raw := with(t, "slipway:rookCeph", `{enabled: true}`)
	raw["slipway:workerPools"] = `{"front": {"flavor": "m1.large", "nodes": {"w1": {}, "w2": {}, "w3": {}}, "storageVolumes": [{"sizeGB": 100}, {"sizeGB": 50}]}}`
	c := mustLoad(t, raw)
	if r := c.RookCeph; *r.Block != (CephPool{Replicas: 3, Default: true, ReclaimPolicy: ReclaimDelete}) || r.OSDMemoryMB != 4096 || r.FailureDomain != FailureDomainHost {
		t.Errorf("by default it is %+v, %+v", r, r.Block)
	}
	if nodes := c.StorageNodes(); len(nodes) != 3 || nodes[0].Host != "dev-front-w1" || nodes[0].Volumes != 2 {
		t.Errorf("the storage nodes are %+v", nodes)
	}
	raw["slipway:cinderCSI"] = `{"enabled": true}`
	if c := mustLoad(t, raw); c.RookCeph.Block.Default {
		t.Error("a claim that names no class has two")
	}
}

func TestStorageDisks(t *testing.T) {
	disks := func(machine string, paths ...any) func(hosts, machines map[string]any, raw map[string]string) {
		return func(_, machines map[string]any, _ map[string]string) {
			machines[machine].(map[string]any)["storageDisks"] = paths
		}
	}
	c := mustLoad(t, onHosts(t, disks("h4", "/dev/disk/by-id/wwn-0x5000", "/dev/disk/by-id/nvme-b")))
	if nodes := c.StorageNodes(); len(nodes) != 1 || nodes[0].Host != "h4" || nodes[0].Pool != "default" || len(nodes[0].Disks) != 2 {
		t.Errorf("the storage nodes are %+v", nodes)
	}
	_, problems := Load(onHosts(t, disks("h4", "/dev/sdb", "/dev/disk/by-id/a", "/dev/disk/by-id/a")))
	checkProblems(t, problems,
		`slipway:hosts.machines[h4].storageDisks[0]: Invalid value: "/dev/sdb": must be a path below /dev/disk/by-id (ls -l /dev/disk/by-id): other names change with a reboot`+"\n"+
			`slipway:hosts.machines[h4].storageDisks[2]: Duplicate value: "/dev/disk/by-id/a"`)
	_, problems = Load(onHosts(t, disks("h1", "/dev/disk/by-id/a")))
	checkProblems(t, problems, `slipway:hosts.machines[h1].storageDisks: Forbidden: belongs to the roles worker and storage`)
	_, problems = Load(onHosts(t, func(_, _ map[string]any, raw map[string]string) {
		raw["slipway:rookCeph"] = `{"enabled": true}`
	}))
	checkProblems(t, problems, `slipway:rookCeph.enabled: Invalid value: true: no node has anything to store data on: give workers of slipway:hosts.machines storageDisks`)
}
