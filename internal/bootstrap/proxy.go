package bootstrap

import (
	"fmt"
	"net/netip"

	"slipway/internal/artifacts"
)

// ProxyStatusPort is where HAProxy says that it lives (/healthz) and what it
// does (/metrics, for Prometheus).
const ProxyStatusPort = 9101

// InterfaceToken stands in Keepalived's configuration for the name of the
// network interface, which only the node knows.
const InterfaceToken = "@INTERFACE@"

// Proxy makes a node one that takes turns in holding the API's virtual address.
type Proxy struct {
	// Address is the node's own address, which tells its interface. Required.
	Address netip.Addr
	// HAProxy is haproxy.cfg. Required.
	HAProxy string
	// Keepalived is keepalived.conf with InterfaceToken for the interface. Required.
	Keepalived string
}

// proxyFiles returns what proxy.sh puts in place.
func proxyFiles(p *Proxy) []File {
	if p == nil {
		return nil
	}
	return []File{
		secret("proxy/address", p.Address.String()+"\n", StartProxy),
		secret("proxy/haproxy.cfg", p.HAProxy, StartProxy),
		secret("proxy/keepalived.conf", p.Keepalived, StartProxy),
	}
}

// validateProxy is validate for a node that is a proxy and nothing else.
func (p Params) validateProxy() error {
	if p.Proxy == nil || p.CACert == "" || p.Keys != nil || p.Kubeadm != "" {
		return fmt.Errorf("node %s: a %s needs its configuration and the authority, and has nothing of a Kubernetes node", p.Node, artifacts.Proxy)
	}
	return nil
}
