package kubeadm

import "slipway/internal/versions"

// Where API servers find their own files, and where they write; the steps of
// internal/bootstrap put the files there. Folders, because a mounted file would
// stay the old one when it is replaced.
const (
	apiServerDir = "/etc/kubernetes/apiserver"
	auditDir     = "/var/log/kubernetes/audit"
)

// pkiDir is kubeadm's.
const pkiDir = "/etc/kubernetes/pki"

// signing is the algorithm of the certificates that kubeadm makes: as the
// authorities that sign them.
const signing = "ECDSA-P256"

func (c Cluster) configuration() clusterConfiguration {
	return clusterConfiguration{
		typeMeta:             typeMeta{kubeadmAPI, "ClusterConfiguration"},
		ClusterName:          c.Name,
		KubernetesVersion:    c.Version,
		ControlPlaneEndpoint: c.Endpoint,
		EncryptionAlgorithm:  signing,
		Networking: networking{
			PodSubnet:     c.PodCIDR.String(),
			ServiceSubnet: c.ServiceCIDR.String(),
			DNSDomain:     "cluster.local",
		},
		APIServer:         c.apiServer(),
		ControllerManager: component{ExtraArgs: []arg{{"bind-address", everywhere}, noProfiling}},
		Scheduler:         component{ExtraArgs: []arg{{"bind-address", everywhere}, noProfiling}},
		Etcd:              c.etcd(),
		DNS:               image{ImageTag: versions.CoreDNS},
	}
}

// noProfiling closes an interface that costs time when it is used and tells
// about memory.
var noProfiling = arg{"profiling", "false"}

func (c Cluster) apiServer() apiServer {
	server := apiServer{
		CertSANs: c.CertSANs,
		ExtraArgs: []arg{
			{"audit-policy-file", apiServerDir + "/audit-policy.yaml"},
			{"audit-log-path", auditDir + "/audit.log"},
			// At most 1.1 GB, of which all but the current file are compressed.
			{"audit-log-maxsize", "100"}, // MB
			{"audit-log-maxbackup", "10"},
			{"audit-log-maxage", "30"}, // days
			{"audit-log-compress", "true"},
			{"encryption-provider-config", apiServerDir + "/encryption.yaml"},
			{"encryption-provider-config-automatic-reload", "true"},
			// The authority that signs what kubelets ask for with serverTLSBootstrap.
			{"kubelet-certificate-authority", pkiDir + "/ca.crt"},
			noProfiling,
		},
		ExtraVolumes: []hostPathMount{
			{Name: "settings", HostPath: apiServerDir, MountPath: apiServerDir, ReadOnly: true, PathType: "Directory"},
			{Name: "audit", HostPath: auditDir, MountPath: auditDir, PathType: "DirectoryOrCreate"},
		},
	}
	if c.TokenWebhook {
		server.ExtraArgs = append(server.ExtraArgs,
			arg{"authentication-token-webhook-config-file", apiServerDir + "/" + TokenWebhookFile},
			arg{"authentication-token-webhook-version", "v1"})
	}
	return server
}

func (c Cluster) kubelet() kubeletConfiguration {
	k := kubeletConfiguration{
		typeMeta:           typeMeta{kubeletAPI, "KubeletConfiguration"},
		CgroupDriver:       "systemd",
		MaxPods:            c.Kubelet.MaxPods,
		RotateCertificates: true,
		// API servers verify it; slipway-approve-kubelets on the control planes signs.
		ServerTLSBootstrap: true,
		// One slow image must not hold up the others.
		SerializeImagePull: false,
		// The default is below /usr, which some systems mount read-only.
		VolumePluginDir: "/var/lib/kubelet/volumeplugins",
	}
	if c.Kubelet.AllowCgroupV1 {
		k.FailCgroupV1 = new(bool)
	}
	return k
}

func (c Cluster) proxy() kubeProxyConfiguration {
	p := kubeProxyConfiguration{
		typeMeta:           typeMeta{"kubeproxy.config.k8s.io/v1alpha1", "KubeProxyConfiguration"},
		Mode:               c.Proxy.Mode,
		MetricsBindAddress: everywhere + ":10249",
	}
	if c.Proxy.KeepConntrack {
		// Zero means "leave the host's value"; unset means kube-proxy's own.
		p.Conntrack = &conntrack{TCPEstablishedTimeout: "0s", TCPCloseWaitTimeout: "0s"}
	}
	return p
}
