package config

import (
	"fmt"
	"net/netip"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"slipway/internal/subnet"
)

const (
	// minMTU is what IPv6 and, with room to spare, DNS over UDP need end to end.
	minMTU = 1280
	// maxMTU is the largest jumbo frame that switches commonly carry.
	maxMTU = 9216
)

// takenPorts are ports on the control plane that something else listens on.
var takenPorts = map[int]string{
	22: "sshd", 9101: "HAProxy's metrics", 2379: "etcd", 2380: "etcd", 2381: "etcd", 10248: "the kubelet", 10249: "kube-proxy",
	10250: "the kubelet", 10256: "kube-proxy", 10257: "the controller manager", 10259: "the scheduler",
}

// The range that Kubernetes hands out to Services of type NodePort.
const firstNodePort, lastNodePort = 30000, 32767

func validateNetwork(n Network, path *field.Path) field.ErrorList {
	errs := validateRange(n.CIDR, path.Child("cidr"), subnet.MinBits, subnet.MaxBits)
	errs = append(errs, validateDistinct(n.DNSServers, path.Child("dnsServers"))...)
	for i, server := range n.DNSServers {
		if server.IsValid() && (!server.Is4() || server.IsLoopback() || server.IsUnspecified()) {
			errs = append(errs, field.Invalid(path.Child("dnsServers").Index(i), server.String(), "must be an IPv4 address that nodes can reach"))
		}
	}
	if n.MTU != 0 && (n.MTU < minMTU || n.MTU > maxMTU) {
		errs = append(errs, field.Invalid(path.Child("mtu"), n.MTU, fmt.Sprintf("must be between %d and %d", minMTU, maxMTU)))
	}
	return errs
}

func validateAccess(a Access, path *field.Path) field.ErrorList {
	errs := validateClients(a.API, path.Child("api"), "the ranges that may reach the Kubernetes API")
	return append(errs, validateClients(a.SSH, path.Child("ssh"), "the ranges that may log in by SSH")...)
}

func validateClients(ranges []netip.Prefix, path *field.Path, what string) field.ErrorList {
	if len(ranges) == 0 {
		return field.ErrorList{field.Required(path, what+", e.g. [192.0.2.0/24]")}
	}
	// Neutron refuses a second rule for the same range.
	errs := validateDistinct(ranges, path)
	for i, r := range ranges {
		errs = append(errs, validateRange(r, path.Index(i), 0, 32)...)
	}
	return errs
}

func validateEndpoint(e Endpoint, path *field.Path) field.ErrorList {
	errs := validateOneOf(e.Type, path.Child("type"), EndpointDirect, EndpointKeepalived, EndpointOctavia)
	errs = append(errs, validateKeepalived(e, path.Child("keepalived"))...)
	port := path.Child("port")
	switch owner, taken := takenPorts[e.Port]; {
	case e.Port < 1 || e.Port > 65535:
		errs = append(errs, field.Invalid(port, e.Port, "must be between 1 and 65535"))
	case taken:
		errs = append(errs, field.Invalid(port, e.Port, "is the port of "+owner+" on the same node"))
	case e.Port >= firstNodePort && e.Port <= lastNodePort:
		errs = append(errs, field.Invalid(port, e.Port, fmt.Sprintf("is in the range of NodePort Services, %d-%d", firstNodePort, lastNodePort)))
	}
	errs = append(errs, validateDistinct(e.CertSANs, path.Child("certSANs"))...)
	for i, san := range e.CertSANs {
		_, err := netip.ParseAddr(san)
		isName := len(validation.IsDNS1123Subdomain(san)) == 0 || len(validation.IsWildcardDNS1123Subdomain(san)) == 0
		if san != "" && err != nil && !isName {
			errs = append(errs, field.Invalid(path.Child("certSANs").Index(i), san, "must be a DNS name or an address"))
		}
	}
	return errs
}

// maxVirtualRouterID is VRRP's: the number has eight bits.
const maxVirtualRouterID = 255

func validateKeepalived(e Endpoint, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	k := e.Keepalived
	missing := k.VirtualRouterID == 0 && !k.Address.IsValid() // follows from the address, which was reported
	if e.Type == EndpointKeepalived && !missing && (k.VirtualRouterID < 1 || k.VirtualRouterID > maxVirtualRouterID) {
		errs = append(errs, field.Invalid(path.Child("virtualRouterID"), k.VirtualRouterID, fmt.Sprintf("must be between 1 and %d", maxVirtualRouterID)))
	}
	return errs
}

func validateProxies(p *Proxies, path *field.Path) field.ErrorList {
	if p == nil {
		return nil
	}
	errs := validateRequired(p.Flavor, path.Child("flavor"), flavorHint)
	return append(errs, validateNodes(p.Nodes, path.Child("nodes"), "p1")...)
}

// validateRange checks an IPv4 range and its prefix length. What decoding
// reported as malformed or empty is left alone.
func validateRange(r netip.Prefix, path *field.Path, minBits, maxBits int) field.ErrorList {
	switch {
	case !r.IsValid():
		return nil
	case !r.Addr().Is4():
		return field.ErrorList{field.Invalid(path, r.String(), "must be an IPv4 range")}
	case r != r.Masked():
		return field.ErrorList{field.Invalid(path, r.String(), "has host bits set: write "+r.Masked().String())}
	case r.Bits() < minBits || r.Bits() > maxBits:
		return field.ErrorList{field.Invalid(path, r.String(), fmt.Sprintf("must be a range between /%d and /%d", minBits, maxBits))}
	}
	return nil
}
