package kubeadm

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"slipway/internal/versions"
)

// The ports of etcd, for clients and for its members among themselves.
const (
	etcdClientPort = 2379
	etcdPeerPort   = 2380
)

// EtcdEndpoint is where clients reach the etcd member at an address.
func EtcdEndpoint(address netip.Addr) string { return etcdURL(address, etcdClientPort) }

func etcdURL(address netip.Addr, port uint16) string {
	return "https://" + netip.AddrPortFrom(address, port).String()
}

// etcd is that of the control planes: their own, or the dedicated members.
func (c Cluster) etcd() etcd {
	if len(c.ExternalEtcd) == 0 {
		return etcd{Local: member()}
	}
	return etcd{External: &externalEtcd{
		Endpoints: c.ExternalEtcd,
		CAFile:    pkiDir + "/etcd/ca.crt",
		CertFile:  pkiDir + "/apiserver-etcd-client.crt",
		KeyFile:   pkiDir + "/apiserver-etcd-client.key",
	}}
}

// member is what all etcd members have in common.
func member(further ...arg) *localEtcd {
	return &localEtcd{
		DataDir:   "/var/lib/etcd",
		ImageTag:  versions.Etcd,
		ExtraArgs: append([]arg{{"listen-metrics-urls", "http://" + everywhere + ":2381"}}, further...),
	}
}

// RenderEtcd returns what a dedicated etcd member is made from. Members maps
// the names of all members, this one included, to their addresses: they found
// the etcd cluster together. Names, URLs and certificates of the member follow
// from its name and address by kubeadm's defaults.
func RenderEtcd(c Cluster, n Node, members map[string]netip.Addr) (string, error) {
	for _, err := range []error{c.validate(), n.validate(), validateMembers(n, members)} {
		if err != nil {
			return "", fmt.Errorf("rendering kubeadm's configuration: %w", err)
		}
	}
	var founders []string
	for _, name := range slices.Sorted(maps.Keys(members)) {
		founders = append(founders, name+"="+etcdURL(members[name], etcdPeerPort))
	}
	c.ExternalCloudProvider = false // it is no node, so nobody would tell its address
	config := etcdOnly(c)
	config.Etcd = etcd{Local: member(
		arg{"initial-cluster", strings.Join(founders, ",")},
		arg{"initial-cluster-state", "new"},
	)}
	return documents(
		initConfiguration{
			typeMeta:         typeMeta{kubeadmAPI, "InitConfiguration"},
			NodeRegistration: c.registration(n),
			LocalAPIEndpoint: apiEndpoint{AdvertiseAddress: n.Address, BindPort: c.Port},
		},
		config,
	)
}

// RenderEtcdClient returns what a control plane makes its certificate for
// dedicated etcd members with: told of external etcd, kubeadm would not.
func RenderEtcdClient(c Cluster) (string, error) { return documents(etcdOnly(c)) }

// RenderEtcdKubelet returns the configuration of a kubelet that has no cluster
// and only keeps the static pod of a dedicated etcd member running.
func RenderEtcdKubelet(c Cluster) (string, error) {
	k := kubeletConfiguration{
		typeMeta:                 typeMeta{kubeletAPI, "KubeletConfiguration"},
		CgroupDriver:             "systemd",
		StaticPodPath:            "/etc/kubernetes/manifests",
		ContainerRuntimeEndpoint: criSocket,
		// Nobody can log in, so nobody has to be authorised.
		Address:        "127.0.0.1",
		Authentication: &authentication{},
		Authorization:  &authorization{Mode: "AlwaysAllow"},
	}
	if c.Kubelet.AllowCgroupV1 {
		k.FailCgroupV1 = new(bool)
	}
	return documents(k)
}

// etcdOnly is the least that kubeadm needs to know to make certificates and
// manifests of etcd.
func etcdOnly(c Cluster) clusterConfiguration {
	return clusterConfiguration{
		typeMeta:            typeMeta{kubeadmAPI, "ClusterConfiguration"},
		KubernetesVersion:   c.Version,
		EncryptionAlgorithm: signing,
	}
}

func validateMembers(n Node, members map[string]netip.Addr) error {
	if own, ok := members[n.Name]; !ok || own.String() != n.Address {
		return fmt.Errorf("node %q at %s is not among the etcd members", n.Name, n.Address)
	}
	if len(members)%2 == 0 {
		return errors.New("the number of etcd members must be odd: a further one would not survive one more failure")
	}
	return nil
}

// validateEndpoints refuses anything but URLs of TLS servers.
func validateEndpoints(endpoints []string) error {
	for _, e := range endpoints {
		rest, ok := strings.CutPrefix(e, "https://")
		if _, err := netip.ParseAddrPort(rest); !ok || err != nil {
			return fmt.Errorf("etcd endpoint %q: it must have the form https://<address>:<port>", e)
		}
	}
	return nil
}
