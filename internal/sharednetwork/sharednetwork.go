// Package sharednetwork is what a stack of kind network says of its network, and
// what stacks of clusters read of it: the one place that knows its form.
package sharednetwork

import (
	"encoding/json"
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// Output is the name of the stack output.
	Output = "network"
	// Version is that of its form. It rises when a field changes its meaning or goes.
	Version = 1
)

// Network is a network that clusters may join.
type Network struct {
	// Version is that of the form.
	Version int `json:"version"`
	// Name prefixes the names of its parts in the cloud.
	Name string `json:"name"`
	// NetworkID, SubnetID and RouterID are the ids of its parts.
	NetworkID string `json:"networkId"`
	SubnetID  string `json:"subnetId"`
	RouterID  string `json:"routerId"`
	// CIDR is the range of the subnet.
	CIDR netip.Prefix `json:"cidr"`
	// MTU in bytes.
	MTU int `json:"mtu"`
	// DNSServers are handed to machines. Empty: Neutron's own.
	DNSServers []netip.Addr `json:"dnsServers"`
	// ExternalNetwork is the name of the network that the router leads to.
	ExternalNetwork string `json:"externalNetwork"`
}

// IDs are what is known once the cloud has made the network.
type IDs struct {
	NetworkID, SubnetID, RouterID pulumi.StringInput
	MTU                           pulumi.IntInput
}

// Outputs is the value of the output: what was configured, and what the cloud made.
func Outputs(n Network, ids IDs) pulumi.Map {
	servers := pulumi.StringArray{}
	for _, s := range n.DNSServers {
		servers = append(servers, pulumi.String(s.String()))
	}
	return pulumi.Map{
		"version":         pulumi.Int(Version),
		"name":            pulumi.String(n.Name),
		"networkId":       ids.NetworkID,
		"subnetId":        ids.SubnetID,
		"routerId":        ids.RouterID,
		"cidr":            pulumi.String(n.CIDR.String()),
		"mtu":             ids.MTU,
		"dnsServers":      servers,
		"externalNetwork": pulumi.String(n.ExternalNetwork),
	}
}

// Parse reads the output of another stack, as Pulumi hands over its values, or
// says all that is wrong with it, about the stack. Fields that it does not know are
// a newer program's, which did not think them worth another version.
func Parse(output any) (*Network, []string) {
	if output == nil {
		return nil, []string{fmt.Sprintf("has no output %q", Output)}
	}
	fields, ok := output.(map[string]any)
	if !ok {
		return nil, []string{fmt.Sprintf("has an output %q that is no mapping", Output)}
	}
	switch v := fields["version"]; v {
	case float64(Version):
	case nil:
		return nil, []string{fmt.Sprintf("has an output %q without version", Output)}
	default:
		return nil, []string{fmt.Sprintf("has an output %q of version %v, but this program reads version %d", Output, v, Version)}
	}
	n := &Network{}
	text, err := json.Marshal(fields)
	if err == nil {
		err = json.Unmarshal(text, n)
	}
	if err != nil {
		return nil, []string{fmt.Sprintf("has an output %q that cannot be read: %v", Output, err)}
	}
	if missing := n.missing(); len(missing) > 0 {
		return nil, missing
	}
	return n, nil
}

// missing tells of the fields that machines need and that are not there.
func (n *Network) missing() []string {
	var problems []string
	for _, f := range []struct {
		key     string
		present bool
	}{
		{"name", n.Name != ""}, {"networkId", n.NetworkID != ""}, {"subnetId", n.SubnetID != ""}, {"routerId", n.RouterID != ""},
		{"cidr", n.CIDR.IsValid()}, {"mtu", n.MTU > 0}, {"externalNetwork", n.ExternalNetwork != ""},
	} {
		if !f.present {
			problems = append(problems, fmt.Sprintf("has an output %q without %s", Output, f.key))
		}
	}
	return problems
}
