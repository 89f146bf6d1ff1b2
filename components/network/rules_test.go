package network

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"testing"
)

func TestRulesHaveStableUniqueKeys(t *testing.T) {
	a := baseline()
	a.RoutedPodCIDR = netip.MustParsePrefix("10.244.0.0/16")
	a.LoadBalanced, a.BalancedServices, a.Monitored = true, true, true
	everybody := []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}
	a.Announced = &AnnouncedServices{Access: []ServiceAccess{
		{"tcp", []int{80, 443}, everybody}, {"udp", []int{53}, everybody}, {"tcp", []int{80}, everybody}, // as the first
	}}
	for _, args := range []*NetworkArgs{baseline(), a} {
		seen := map[[2]string]bool{}
		for _, r := range rules(args) {
			id := [2]string{string(r.Group), r.Key}
			if seen[id] {
				t.Errorf("two rules of group %s are called %q", r.Group, r.Key)
			}
			seen[id] = true
			if r.Description == "" {
				t.Errorf("rule %v has no description", id)
			}
		}
	}
}

// Least privilege: from outside come SSH to the bastion and the API, nothing else.
func TestOnlySSHAndAPIAreOpenToOtherNetworks(t *testing.T) {
	for _, r := range rules(baseline()) {
		if r.Direction != ingress || r.PeerGroup != "" {
			continue
		}
		ssh := r.Group == groupBastion && r.Protocol == "tcp" && r.Ports == portSSH
		api := r.Group == groupControlPlane && r.Protocol == "tcp" && r.Ports == port(6443)
		if !ssh && !api {
			t.Errorf("rule %s of group %s admits %v to %v", r.Key, r.Group, r.PeerCIDR, r.Ports)
		}
		if !r.PeerCIDR.IsValid() {
			t.Errorf("rule %s of group %s admits any address", r.Key, r.Group)
		}
	}
}

// A load balancer has ports of its own in the subnet. Neutron refuses a second
// rule that says the same, so one is all that there may be.
func TestLoadBalancerReachesAPIServers(t *testing.T) {
	a := baseline()
	a.APIAccess, a.LoadBalanced = []netip.Prefix{a.CIDR}, true
	var ranges []string
	for _, r := range rules(a) {
		if r.Direction == ingress && r.Group != groupBastion && r.PeerGroup == "" {
			ranges = append(ranges, fmt.Sprintf("%s %s %d-%d from %s", r.Group, r.Protocol, r.Ports.First, r.Ports.Last, r.PeerCIDR))
		}
	}
	if want := []string{"controlplane tcp 6443-6443 from 10.0.0.0/16"}; !reflect.DeepEqual(ranges, want) {
		t.Errorf("nodes admit ranges %q, want %q", ranges, want)
	}
}

func TestEtcdIsForItsMembersOnly(t *testing.T) {
	for _, r := range rules(baseline()) {
		etcd := r.Ports.First <= portsEtcd.Last && portsEtcd.First <= r.Ports.Last
		if r.Group == groupControlPlane && etcd && r.PeerGroup != groupControlPlane {
			t.Errorf("rule %s admits group %q to etcd", r.Key, r.PeerGroup)
		}
	}
}

func TestPodRules(t *testing.T) {
	tests := map[string]struct {
		routed netip.Prefix
		want   []string
	}{
		"overlay": {netip.Prefix{}, []string{"vxlan"}},
		"routed":  {netip.MustParsePrefix("10.244.0.0/16"), []string{"pods", "to-pods"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, r := range podRules(tc.routed) {
				got = append(got, r.Key)
			}
			if !reflect.DeepEqual(got, tc.want) {
				t.Errorf("rules = %q, want %q", got, tc.want)
			}
		})
	}
}

func TestCanonicalRanges(t *testing.T) {
	in := []netip.Prefix{
		netip.MustParsePrefix("2001:db8::/32"),
		netip.MustParsePrefix("203.0.113.7/24"),
		netip.MustParsePrefix("192.0.2.0/24"),
		netip.MustParsePrefix("203.0.113.0/24"),
	}
	want := []netip.Prefix{
		netip.MustParsePrefix("192.0.2.0/24"),
		netip.MustParsePrefix("203.0.113.0/24"),
		netip.MustParsePrefix("2001:db8::/32"),
	}
	if got := canonical(in); !reflect.DeepEqual(got, want) {
		t.Errorf("canonical(%v) = %v, want %v", in, got, want)
	}
}

// Without a bastion, whom it would admit may log in to every machine, and
// nothing is left of it.
func TestWithoutBastion(t *testing.T) {
	a := baseline()
	a.NoBastion, a.DedicatedEtcd, a.Proxy = true, true, &ProxyPorts{API: 8443, Status: 9101}
	a.SSHAccess = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24")}
	var ssh []string
	for _, r := range rules(a) {
		if r.Group == groupBastion || r.PeerGroup == groupBastion {
			t.Errorf("rule %s of group %s is about the bastion", r.Key, r.Group)
		}
		if r.Ports == portSSH {
			ssh = append(ssh, fmt.Sprintf("%s %s", r.Group, r.PeerCIDR))
		}
	}
	slices.Sort(ssh)
	want := []string{
		"etcd 192.0.2.0/24", "etcd 198.51.100.0/24", "node 192.0.2.0/24", "node 198.51.100.0/24", "proxy 192.0.2.0/24", "proxy 198.51.100.0/24",
	}
	if !reflect.DeepEqual(ssh, want) {
		t.Errorf("SSH is open for %q, want %q", ssh, want)
	}
}

// Keepalived's advertisements are trusted, so nobody but proxies may send them.
func TestVRRPIsForProxiesOnly(t *testing.T) {
	a := baseline()
	a.Proxy = &ProxyPorts{API: 8443, Status: 9101}
	vrrp := 0
	for _, r := range rules(a) {
		if r.Protocol == protocolVRRP {
			vrrp++
			if r.Group != groupProxy || r.PeerGroup != groupProxy {
				t.Errorf("rule %s lets %q send VRRP to %q", r.Key, r.PeerGroup, r.Group)
			}
		}
	}
	if vrrp != 1 {
		t.Errorf("%d rules about VRRP, want 1", vrrp)
	}
}

// Dedicated members talk to each other and to API servers; metrics apart.
func TestDedicatedEtcdIsForMembersAndAPIServers(t *testing.T) {
	a := baseline()
	a.DedicatedEtcd = true
	got := map[string]string{}
	for _, r := range rules(a) {
		if r.Group == groupEtcd && r.Direction == ingress {
			got[string(r.PeerGroup)] += fmt.Sprintf(" %d-%d", r.Ports.First, r.Ports.Last)
		}
	}
	want := map[string]string{"etcd": " 2379-2380 32768-60999", "controlplane": " 2379-2379", "node": " 2381-2381", "bastion": " 22-22"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("members admit %v, want %v", got, want)
	}
}

// Load balancers of Services are in the subnet, in no group of ours, and reach
// node ports; without any the subnet at large does not.
func TestBalancedServicesOpenNodePortsToTheSubnet(t *testing.T) {
	opened := func(a *NetworkArgs) (protocols []string) {
		for _, r := range rules(a) {
			if r.Group == groupNode && r.Direction == ingress && r.Ports == portsNodePort && r.PeerCIDR == a.CIDR.Masked() {
				protocols = append(protocols, r.Protocol)
			}
		}
		return protocols
	}
	a := baseline()
	if got := opened(a); len(got) != 0 {
		t.Errorf("without load balancers the subnet reaches node ports by %v", got)
	}
	a.BalancedServices = true
	if got := opened(a); !slices.Equal(got, []string{"tcp", "udp"}) {
		t.Errorf("with load balancers the subnet reaches node ports by %v", got)
	}
}

// Proxies bring clients to Services: from where it is said, and from nodes.
func TestPublishedPorts(t *testing.T) {
	everybody := netip.MustParsePrefix("0.0.0.0/0")
	p := &ProxyPorts{API: 8443, Status: 9101, Published: []int{80, 443}, NodePorts: []int{30080}, PublishedAccess: []netip.Prefix{everybody}}
	var got []string
	for _, r := range p.publishedRules() {
		got = append(got, fmt.Sprintf("%s %s %d-%d from %s%s", r.Group, r.Protocol, r.Ports.First, r.Ports.Last, r.PeerGroup, r.PeerCIDR))
	}
	want := []string{
		"controlplane tcp 30080-30080 from proxyinvalid Prefix",
		"proxy tcp 80-80 from nodeinvalid Prefix", "proxy tcp 80-80 from 0.0.0.0/0",
		"proxy tcp 443-443 from nodeinvalid Prefix", "proxy tcp 443-443 from 0.0.0.0/0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the rules are %q, want %q", got, want)
	}
}
