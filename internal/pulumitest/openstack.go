package pulumitest

import (
	"crypto/sha256"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// DefaultMTU is what Neutron answers for a network without an MTU of its own.
const DefaultMTU = 1450

// knownInvokes are the look-ups that succeed whatever is asked for; a test that
// needs an answer in particular passes Invoke.
func knownInvokes() map[string]InvokeFunc {
	return map[string]InvokeFunc{
		"openstack:images/getImageIds:getImageIds":   imageIDs,
		"openstack:images/getImage:getImage":         byName("image", resource.PropertyMap{"minDiskGb": number(10), "minRamMb": number(512)}),
		"openstack:compute/getFlavor:getFlavor":      byName("flavor", resource.PropertyMap{"vcpus": number(4), "ram": number(8192), "disk": number(40)}),
		"openstack:networking/getNetwork:getNetwork": byName("network", resource.PropertyMap{"external": resource.NewProperty(true), "mtu": number(1500)}),
		"openstack:dns/getDnsZone:getDnsZone":        byName("zone", resource.PropertyMap{}),
		"openstack:networking/getPortIds:getPortIds": func(resource.PropertyMap) (resource.PropertyMap, error) {
			return resource.NewPropertyMapFromMap(map[string]any{"id": "ports", "ids": []any{}}), nil
		},
		"openstack:identity/getAuthScope:getAuthScope": func(resource.PropertyMap) (resource.PropertyMap, error) {
			return resource.NewPropertyMapFromMap(map[string]any{
				"id": "scope", "region": "RegionOne", "projectId": "project-id", "roles": []any{map[string]any{"roleName": "admin"}, map[string]any{"roleName": "member"}},
				"serviceCatalogs": []any{
					map[string]any{"type": "load-balancer"},
					map[string]any{"type": "dns", "endpoints": []any{map[string]any{"interface": "public", "region": "RegionOne", "url": "http://designate.one"}}},
					map[string]any{"type": "identity", "endpoints": []any{
						map[string]any{"interface": "internal", "region": "RegionOne", "url": "http://keystone.internal/v3"},
						map[string]any{"interface": "public", "region": "RegionTwo", "url": "http://keystone.two/v3"},
						map[string]any{"interface": "public", "region": "RegionOne", "url": "http://keystone.one/v3"},
					}},
				},
			}), nil
		},
		"openstack:compute/getAvailabilityZones:getAvailabilityZones": func(resource.PropertyMap) (resource.PropertyMap, error) {
			zones := []resource.PropertyValue{resource.NewProperty("az1"), resource.NewProperty("az2")}
			return resource.PropertyMap{"id": resource.NewProperty("zones"), "names": resource.NewProperty(zones)}, nil
		},
	}
}

// byName answers a look-up by name with a thing of that name.
func byName(kind string, facts resource.PropertyMap) InvokeFunc {
	return func(args resource.PropertyMap) (resource.PropertyMap, error) {
		name := args["name"]
		if !name.IsString() {
			return nil, fmt.Errorf("looking up a %s needs a name", kind)
		}
		result := facts.Copy()
		result["name"] = name
		result["id"] = resource.NewProperty(lookupID(kind, name.StringValue()))
		return result, nil
	}
}

func imageIDs(args resource.PropertyMap) (resource.PropertyMap, error) {
	found, err := byName("image", nil)(args)
	if err != nil {
		return nil, err
	}
	return resource.PropertyMap{"id": found["id"], "ids": resource.NewProperty([]resource.PropertyValue{found["id"]})}, nil
}

// lookupID is the id of a thing that exists already, readable in goldens.
func lookupID(kind, name string) string { return kind + "-" + name }

// knownOutputs are what providers add to the inputs of a new resource.
func knownOutputs() map[string]OutputFunc {
	return map[string]OutputFunc{
		"openstack:networking/network:Network":             networkOutputs,
		"openstack:networking/port:Port":                   portOutputs,
		"openstack:networking/floatingIp:FloatingIp":       floatingIPOutputs,
		"openstack:compute/instance:Instance":              instanceOutputs,
		"openstack:loadbalancer/loadBalancer:LoadBalancer": loadBalancerOutputs,
		"command:remote:Command":                           commandOutputs,
		"command:local:Command":                            commandOutputs,
		"tls:index/privateKey:PrivateKey":                  privateKeyOutputs,
		"tls:index/certRequest:CertRequest":                certRequestOutputs,
		"tls:index/selfSignedCert:SelfSignedCert":          selfSignedOutputs,
		"tls:index/locallySignedCert:LocallySignedCert":    locallySignedOutputs,
	}
}

func networkOutputs(_ Resource, state resource.PropertyMap) (resource.PropertyMap, error) {
	setDefault(state, "mtu", number(DefaultMTU))
	return state, nil
}

// portOutputs honours a fixed address; otherwise the address follows from the name.
func portOutputs(r Resource, state resource.PropertyMap) (resource.PropertyMap, error) {
	h := digest(r.URN)
	address := poolAddress(r)
	if fixed, _, ok := r.Input("fixedIps[0].ipAddress"); ok && fixed.IsString() {
		address = fixed
	}
	state["allFixedIps"] = resource.NewProperty([]resource.PropertyValue{address})
	state["macAddress"] = resource.NewProperty(fmt.Sprintf("fa:16:3e:%02x:%02x:%02x", h[2], h[3], h[4]))
	return state, nil
}

// poolAddress is one that Neutron hands out.
func poolAddress(r Resource) resource.PropertyValue {
	h := digest(r.URN)
	return resource.NewProperty(fmt.Sprintf("10.0.%d.%d", 1+h[0]%254, 1+h[1]%254))
}

// loadBalancerOutputs add the port that Octavia makes for the address.
func loadBalancerOutputs(r Resource, state resource.PropertyMap) (resource.PropertyMap, error) {
	setDefault(state, "vipAddress", poolAddress(r))
	setDefault(state, "vipPortId", resource.NewProperty(lookupID("vip-port", r.Name)))
	return state, nil
}

func floatingIPOutputs(r Resource, state resource.PropertyMap) (resource.PropertyMap, error) {
	setDefault(state, "address", resource.NewProperty(fmt.Sprintf("172.24.4.%d", 2+digest(r.URN)[0]%250)))
	return state, nil
}

func instanceOutputs(_ Resource, state resource.PropertyMap) (resource.PropertyMap, error) {
	setDefault(state, "powerState", resource.NewProperty("active"))
	return state, nil
}

// commandOutputs are secret as soon as an input is: so does the provider.
func commandOutputs(r Resource, state resource.PropertyMap) (resource.PropertyMap, error) {
	for _, key := range []resource.PropertyKey{"stdout", "stderr"} {
		setDefault(state, key, resource.NewProperty(""))
		if resource.NewObjectProperty(r.Inputs).ContainsSecrets() {
			state[key] = resource.MakeSecret(state[key])
		}
	}
	return state, nil
}

func setDefault(m resource.PropertyMap, key resource.PropertyKey, value resource.PropertyValue) {
	if _, ok := m[key]; !ok {
		m[key] = value
	}
}

func number(n int) resource.PropertyValue { return resource.NewProperty(float64(n)) }

func digest(seed string) [sha256.Size]byte { return sha256.Sum256([]byte(seed)) }

// fakeID looks like the ids that OpenStack hands out.
func fakeID(seed string) string {
	h := digest(seed)
	return fmt.Sprintf("%x-%x-4%x-8%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])[:36]
}
