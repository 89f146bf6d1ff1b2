package agent

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/mtu"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/networks"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/ports"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/subnets"

	"slipway/lab/internal/machine"
)

// NICs looks up the ports of a server, in the order in which they were made.
func (c *cloud) NICs(ctx context.Context, server string) ([]machine.NIC, error) {
	page, err := ports.List(c.network, ports.ListOpts{DeviceID: server}).AllPages(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing ports: %w", err)
	}
	found, err := ports.ExtractPorts(page)
	if err != nil {
		return nil, fmt.Errorf("listing ports: %w", err)
	}
	// Neutron has no order of a server's ports; age is the nearest thing.
	slices.SortFunc(found, func(a, b ports.Port) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	var nics []machine.NIC
	for _, port := range found {
		nic, err := c.nic(ctx, port)
		if err != nil {
			return nil, err
		}
		nics = append(nics, nic)
	}
	return nics, nil
}

func (c *cloud) nic(ctx context.Context, port ports.Port) (machine.NIC, error) {
	nic := machine.NIC{Port: port.ID, Network: port.NetworkID, MAC: port.MACAddress}
	var network struct {
		networks.Network
		mtu.NetworkMTUExt
	}
	if err := networks.Get(ctx, c.network, port.NetworkID).ExtractInto(&network); err != nil {
		return nic, fmt.Errorf("looking up network %s: %w", port.NetworkID, err)
	}
	nic.MTU = network.MTU
	for _, fixed := range port.FixedIPs {
		subnet, err := subnets.Get(ctx, c.network, fixed.SubnetID).Extract()
		if err != nil {
			return nic, fmt.Errorf("looking up subnet %s: %w", fixed.SubnetID, err)
		}
		if err := addressNIC(&nic, fixed.IPAddress, subnet); err != nil {
			return nic, err
		}
		servers := parseAddrs(subnet.DNSNameservers)
		if len(servers) == 0 {
			// Neutron's DHCP service then names itself.
			if servers, err = c.dhcpServers(ctx, subnet); err != nil {
				return nic, err
			}
		}
		nic.Nameservers = append(nic.Nameservers, servers...)
	}
	return nic, nil
}

func addressNIC(nic *machine.NIC, address string, subnet *subnets.Subnet) error {
	cidr, err := netip.ParsePrefix(subnet.CIDR)
	if err != nil {
		return fmt.Errorf("subnet %s: %w", subnet.ID, err)
	}
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return fmt.Errorf("port %s: %w", nic.Port, err)
	}
	nic.Addresses = append(nic.Addresses, netip.PrefixFrom(addr, cidr.Bits()))
	if gateway, err := netip.ParseAddr(subnet.GatewayIP); err == nil && !nic.Gateway.IsValid() {
		nic.Gateway = gateway
	}
	return nil
}

func (c *cloud) dhcpServers(ctx context.Context, subnet *subnets.Subnet) ([]netip.Addr, error) {
	if !subnet.EnableDHCP {
		return nil, nil
	}
	page, err := ports.List(c.network, ports.ListOpts{NetworkID: subnet.NetworkID, DeviceOwner: "network:dhcp"}).AllPages(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing DHCP ports: %w", err)
	}
	found, err := ports.ExtractPorts(page)
	if err != nil {
		return nil, fmt.Errorf("listing DHCP ports: %w", err)
	}
	var texts []string
	for _, port := range found {
		for _, fixed := range port.FixedIPs {
			if fixed.SubnetID == subnet.ID {
				texts = append(texts, fixed.IPAddress)
			}
		}
	}
	return parseAddrs(texts), nil
}

// parseAddrs keeps the order and drops what is no address.
func parseAddrs(texts []string) []netip.Addr {
	var addrs []netip.Addr
	for _, text := range texts {
		if addr, err := netip.ParseAddr(text); err == nil {
			addrs = append(addrs, addr)
		}
	}
	return addrs
}
