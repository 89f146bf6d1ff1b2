package policy

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// broken lists the rules that a resource breaks.
func broken(r Resource, s Settings) string {
	var ids []string
	for _, rule := range Rules() {
		if len(rule.CheckResource(r, s)) > 0 {
			ids = append(ids, rule.ID)
		}
	}
	return strings.Join(ids, " ")
}

// made is a resource of the network with these properties.
func made(typ string, properties map[string]property.Value) Resource {
	return Resource{URN: "urn:pulumi:dev::slipway::slipway:index:Network$" + typ + "::dev-x", Type: typ, Name: "dev-x", Protect: true, Properties: property.NewMap(properties)}
}

func texts(values ...string) property.Value {
	var all []property.Value
	for _, v := range values {
		all = append(all, property.New(v))
	}
	return property.New(all)
}

// What security group rules may say, in all the ways in which Neutron says it.
func TestSecurityGroupRules(t *testing.T) {
	type m = map[string]property.Value
	number := func(n float64) property.Value { return property.New(n) }
	tcp := func(first, last float64, more m) m {
		more["protocol"], more["portRangeMin"], more["portRangeMax"] = property.New("tcp"), number(first), number(last)
		return more
	}
	everybody, group := property.New("0.0.0.0/0"), property.New("group-id")
	tests := map[string]struct {
		properties m
		want       string
	}{
		"SSH from a range":              {tcp(22, 22, m{"remoteIpPrefix": property.New("203.0.113.0/28")}), ""},
		"SSH from a private network":    {tcp(22, 22, m{"remoteIpPrefix": property.New("10.0.0.0/8")}), ""},
		"SSH from half the world":       {tcp(22, 22, m{"remoteIpPrefix": property.New("128.0.0.0/1")}), "no-open-ssh"},
		"SSH from everybody over IPv6":  {tcp(22, 22, m{"remoteIpPrefix": property.New("::/0")}), "no-open-ssh"},
		"SSH from a site over IPv6":     {tcp(22, 22, m{"remoteIpPrefix": property.New("2001:db8::/48")}), ""},
		"SSH without anybody named":     {tcp(22, 22, m{}), "no-open-ssh"},
		"SSH within a range of ports":   {tcp(1, 1024, m{"remoteIpPrefix": everybody}), "no-open-ssh"},
		"SSH from a group":              {tcp(22, 22, m{"remoteGroupId": group}), ""},
		"protocol by its number":        {m{"protocol": property.New("6"), "portRangeMin": number(22), "portRangeMax": number(22)}, "no-open-ssh"},
		"UDP to the same port":          {m{"protocol": property.New("udp"), "portRangeMin": number(22), "portRangeMax": number(22)}, ""},
		"ping":                          {m{"protocol": property.New("icmp")}, ""},
		"node ports of UDP":             {m{"protocol": property.New("udp"), "portRangeMin": number(30000), "portRangeMax": number(32767)}, "no-open-node-ports"},
		"API from everybody":            {tcp(6443, 6443, m{"remoteIpPrefix": everybody}), "no-open-api"},
		"etcd from a range":             {tcp(2379, 2380, m{"remoteIpPrefix": property.New("10.0.0.0/16")}), "no-open-control"},
		"etcd from a group":             {tcp(2379, 2380, m{"remoteGroupId": group}), ""},
		"kubelet from everybody":        {tcp(10250, 10250, m{}), "no-open-control"},
		"node ports from everybody":     {tcp(30000, 32767, m{"remoteIpPrefix": everybody}), "no-open-node-ports"},
		"one node port from everybody":  {tcp(30080, 30080, m{"remoteIpPrefix": everybody}), ""},
		"all ports of TCP":              {m{"protocol": property.New("tcp"), "remoteIpPrefix": everybody}, "no-open-group"},
		"everything from everybody":     {m{}, "no-open-group"},
		"everything from a group":       {m{"remoteGroupId": group}, ""},
		"everything from the pod range": {m{"remoteIpPrefix": property.New("10.244.0.0/16")}, ""},
		"everything out":                {m{"direction": property.New("egress")}, ""},
		"web from everybody":            {tcp(443, 443, m{"remoteIpPrefix": everybody}), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, ok := tt.properties["direction"]; !ok {
				tt.properties["direction"] = property.New("ingress")
			}
			if got := broken(made(typeRule, tt.properties), settings()); got != tt.want {
				t.Errorf("breaks %q, want %q", got, tt.want)
			}
		})
	}
}

// A load balancer of the cloud decides who reaches the API, unless its driver cannot.
func TestListener(t *testing.T) {
	ovn := settings()
	ovn.GroupsDecide = true
	tests := map[string]struct {
		allowed property.Value
		set     Settings
		want    string
	}{
		"a range":        {texts("192.0.2.0/24"), settings(), ""},
		"everybody":      {texts("192.0.2.0/24", "0.0.0.0/0"), settings(), "no-open-api"},
		"nobody named":   {texts(), settings(), "no-open-api"},
		"nothing":        {property.Value{}, settings(), "no-open-api"},
		"left to groups": {property.Value{}, ovn, ""},
		"not known":      {property.New(property.Computed), settings(), ""},
	}
	for name, tt := range tests {
		if got := broken(made(typeListener, map[string]property.Value{"allowedCidrs": tt.allowed}), tt.set); got != tt.want {
			t.Errorf("%s: breaks %q, want %q", name, got, tt.want)
		}
	}
}

// A floating IP is known by the component it belongs to.
func TestPublicAddresses(t *testing.T) {
	for component, want := range map[string]string{
		"slipway:index:Bastion": "", "slipway:index:HAProxyKeepalivedVIP": "", "slipway:index:WorkerPool": "no-public-nodes",
	} {
		r := made(typeAssociation, nil)
		r.URN = "urn:pulumi:dev::slipway::" + component + "$" + typeAssociation + "::dev-x"
		if got := broken(r, settings()); got != want {
			t.Errorf("below %s: breaks %q, want %q", component, got, want)
		}
	}
}
