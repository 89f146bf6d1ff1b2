package node

import (
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"

	"slipway/internal/artifacts"
	"slipway/internal/bootstrap"
	"slipway/internal/kubeadm"
	"slipway/internal/machine"
)

// files returns what the node receives.
func (a *Args) files(m Membership, address string, devices []string, proxy *bootstrap.Proxy) ([]bootstrap.File, error) {
	params := bootstrap.Params{
		Node:              a.HostName,
		Role:              a.Role,
		KubernetesVersion: a.Settings.Cluster.Version,
		Arch:              a.Settings.Arch,
		CNI:               a.Settings.CNI,
		Source:            a.Settings.Source,
		Containerd:        a.Settings.Containerd,
		Endpoint:          m.endpoint(),
		CACert:            m.CACert,
		EtcdSnapshots:     a.EtcdSnapshots,
		Keys:              m.Keys,
	}
	mounted := slices.DeleteFunc(slices.Clone(a.Hardware.Volumes), func(v machine.VolumeArgs) bool { return v.Mount == "" })
	for i, device := range devices {
		params.Volumes = append(params.Volumes, bootstrap.Volume{Device: device, Mount: mounted[i].Mount})
	}
	if a.Proxy != nil {
		params.Proxy = proxy
	}
	if err := a.kubeadm(&params, m, address); err != nil {
		return nil, fmt.Errorf("node %s: %w", a.HostName, err)
	}
	return bootstrap.Files(params)
}

// kubeadm renders what kubeadm makes the node from.
func (a *Args) kubeadm(p *bootstrap.Params, m Membership, address string) (err error) {
	hash, err := m.caHash()
	if err != nil {
		return err
	}
	cluster, own := a.cluster(m), a.registration(address)
	discovery := kubeadm.Discovery{Token: m.Token, CACertHash: hash}
	switch a.Role {
	case artifacts.Proxy: // no node of the cluster
	case artifacts.Etcd:
		var members map[string]netip.Addr
		if members, err = parse(m.Etcd); err != nil {
			return err
		}
		if p.Kubeadm, err = kubeadm.RenderEtcd(cluster, own, members); err == nil {
			p.EtcdKubelet, err = kubeadm.RenderEtcdKubelet(cluster)
		}
	case artifacts.ControlPlane:
		p.Peers = a.peers(m)
		if p.Kubeadm, err = kubeadm.RenderInit(cluster, own, m.Token); err == nil {
			p.KubeadmJoin, err = kubeadm.RenderControlPlaneJoin(cluster, own, discovery)
		}
		if err == nil && cluster.SpreadDNS {
			p.DNSPatch, err = kubeadm.RenderDNSPatch()
		}
		if err == nil && cluster.TokenWebhook {
			p.TokenWebhook, err = kubeadm.RenderTokenWebhook(m.CACert)
		}
		if err == nil && len(m.Etcd) > 0 {
			p.EtcdClient, err = kubeadm.RenderEtcdClient(cluster)
		}
	default:
		p.Kubeadm, err = kubeadm.RenderJoin(cluster, own, discovery)
	}
	return err
}

// cluster is the cluster with what is known of it by now.
func (a *Args) cluster(m Membership) kubeadm.Cluster {
	cluster := a.Settings.Cluster
	cluster.Endpoint = m.endpoint()
	cluster.CertSANs = append(append([]string{}, cluster.CertSANs...), m.Internal)
	if m.External != m.Internal {
		cluster.CertSANs = append(cluster.CertSANs, m.External)
	}
	for _, host := range slices.Sorted(maps.Keys(m.Etcd)) {
		if addr, err := netip.ParseAddr(m.Etcd[host]); err == nil {
			cluster.ExternalEtcd = append(cluster.ExternalEtcd, kubeadm.EtcdEndpoint(addr))
		}
	}
	return cluster
}

// registration is the node as it registers with the cluster.
func (a *Args) registration(address string) kubeadm.Node {
	return kubeadm.Node{
		Name:                  a.HostName,
		Address:               address,
		Labels:                a.Labels,
		Taints:                a.Taints,
		IgnorePreflightErrors: a.Settings.IgnorePreflightErrors,
	}
}

// peers are the API servers of the other control planes.
func (a *Args) peers(m Membership) []string {
	var peers []string
	for _, host := range slices.Sorted(maps.Keys(m.ControlPlanes)) {
		if host != a.HostName {
			peers = append(peers, net.JoinHostPort(m.ControlPlanes[host], strconv.Itoa(a.Settings.Cluster.Port)))
		}
	}
	return peers
}

func parse(texts map[string]string) (map[string]netip.Addr, error) {
	addresses := map[string]netip.Addr{}
	for host, text := range texts {
		addr, err := netip.ParseAddr(text)
		if err != nil {
			return nil, fmt.Errorf("address of %s: %w", host, err)
		}
		addresses[host] = addr
	}
	return addresses, nil
}
