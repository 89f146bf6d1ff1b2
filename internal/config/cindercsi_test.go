package config

import "testing"

func TestCinderCSI(t *testing.T) {
	zoned, cinderless, reader := facts(), facts(), facts()
	zoned.VolumeZones = map[string]bool{"az1": true, "az2": true}
	other := facts()
	other.VolumeZones = map[string]bool{"nova": true}
	reader.Roles, reader.VolumeZones = []string{"reader"}, zoned.VolumeZones
	const elsewhere = `slipway:cinderCSI.ignoreZones: Invalid value: false: Cinder has the zones nova, but nodes are or may be in az1, az2 (openstack availability zone list --volume): set it to true if its volumes reach every machine`
	anywhere := facts()
	anywhere.VolumeZones = map[string]bool{"az1": true}
	for name, tt := range map[string]struct {
		value, version string
		cloud          CloudFacts
		want           string
	}{
		"off":                        {"{}", "v1.37.0", cinderless, ""},
		"on":                         {"{enabled: true}", "v1.36.3", zoned, ""},
		"without Cinder":             {"{enabled: true}", "v1.36.3", cinderless, `slipway:cinderCSI.enabled: Invalid value: true: needs Cinder, which this cloud does not offer (openstack catalog list)`},
		"zones of its own":           {"{enabled: true}", "v1.36.3", other, elsewhere},
		"zones of Nova's own choice": {"{enabled: true}", "v1.36.3", anywhere, `slipway:cinderCSI.ignoreZones: Invalid value: false: Cinder has the zones az1, but nodes are or may be in az2, nova (openstack availability zone list --volume): set it to true if its volumes reach every machine`},
		"zones do not matter":        {"{enabled: true, ignoreZones: true}", "v1.36.3", other, ""},
		"a poor user":                {"{enabled: true}", "v1.36.3", reader, `slipway:cinderCSI.enabled: Invalid value: true: needs the role member in this project, but your user has ["reader"] (openstack role assignment list)`},
		"too new a Kubernetes":       {"{enabled: true}", "v1.37.0", zoned, `slipway:cinderCSI.enabled: Invalid value: true: is for Kubernetes 1.35 to 1.36 (cloud-provider-openstack v1.36.0), but slipway:kubernetes.version is v1.37.0`},
		"no such generation":         {"{credentialGeneration: -1}", "v1.36.3", zoned, `slipway:cinderCSI.credentialGeneration: Invalid value: -1: must be 1 or more`},
		"classes":                    {"{enabled: true, storageClasses: {fast: {volumeType: ssd, default: true}, kept: {reclaimPolicy: Retain, filesystem: xfs}}}", "v1.36.3", zoned, ""},
		"no class at all":            {"{enabled: true, storageClasses: {}}", "v1.36.3", zoned, `slipway:cinderCSI.storageClasses: Required value: at least one, or leave it out`},
		"two default classes":        {"{enabled: true, storageClasses: {a: {default: true}, b: {default: true}}}", "v1.36.3", zoned, `slipway:cinderCSI.storageClasses[b].default: Invalid value: true: is slipway:cinderCSI.storageClasses[a] too: a claim that names no class can have only one`},
		"wrong classes": {"{enabled: true, storageClasses: {A b: {reclaimPolicy: Keep, filesystem: btrfs}}}", "v1.36.3", zoned, `slipway:cinderCSI.storageClasses[A b]: Invalid value: "A b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
slipway:cinderCSI.storageClasses[A b].reclaimPolicy: Unsupported value: "Keep": supported values: "Delete", "Retain"
slipway:cinderCSI.storageClasses[A b].filesystem: Unsupported value: "btrfs": supported values: "ext4", "xfs"`},
	} {
		t.Run(name, func(t *testing.T) {
			raw := with(t, "slipway:cinderCSI", tt.value)
			raw["slipway:kubernetes"] = `{"version": "` + tt.version + `"}`
			if tt.cloud.VolumeZones["az1"] && !tt.cloud.VolumeZones["az2"] {
				raw["slipway:openstack"] = `{"externalNetwork": "public", "image": "debian-12"}`
			}
			c, problems := Load(raw)
			checkProblems(t, append(problems, c.CheckCloud(tt.cloud)...), tt.want)
		})
	}
}
