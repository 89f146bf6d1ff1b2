package kubeadm

// The types here mirror the fields of kubeadm's v1beta4, of the kubelet's and
// of kube-proxy's configuration that Slipway sets, by the same names as
// upstream. The upstream Go types would bring all of k8s.io/kubernetes along.

type typeMeta struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
}

type initConfiguration struct {
	typeMeta         `json:",inline"`
	BootstrapTokens  []bootstrapToken `json:"bootstrapTokens,omitempty"`
	NodeRegistration nodeRegistration `json:"nodeRegistration"`
	LocalAPIEndpoint apiEndpoint      `json:"localAPIEndpoint"`
	Patches          patches          `json:"patches,omitzero"`
	Timeouts         timeouts         `json:"timeouts,omitzero"`
}

// patches are in a folder on the node.
type patches struct {
	Directory string `json:"directory"`
}

// timeouts are how long kubeadm waits for others.
type timeouts struct {
	KubernetesAPICall string `json:"kubernetesAPICall"`
	EtcdAPICall       string `json:"etcdAPICall"`
}

type bootstrapToken struct {
	Token       string `json:"token"`
	Description string `json:"description"`
	TTL         string `json:"ttl"`
}

type nodeRegistration struct {
	Name                  string   `json:"name"`
	CRISocket             string   `json:"criSocket"`
	ImagePullPolicy       string   `json:"imagePullPolicy"`
	ImagePullSerial       bool     `json:"imagePullSerial"`
	IgnorePreflightErrors []string `json:"ignorePreflightErrors,omitempty"`
	KubeletExtraArgs      []arg    `json:"kubeletExtraArgs"`
	// Taints is not omitted when empty: without the key kubeadm adds its own.
	Taints []Taint `json:"taints"`
}

// Taint keeps pods away that do not tolerate it.
type Taint struct {
	Key    string `json:"key"`
	Value  string `json:"value,omitempty"`
	Effect string `json:"effect"`
}

type arg struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type apiEndpoint struct {
	AdvertiseAddress string `json:"advertiseAddress"`
	BindPort         int    `json:"bindPort"`
}

// clusterConfiguration of dedicated etcd members has only a few of the fields.
type clusterConfiguration struct {
	typeMeta             `json:",inline"`
	ClusterName          string     `json:"clusterName,omitempty"`
	KubernetesVersion    string     `json:"kubernetesVersion"`
	ControlPlaneEndpoint string     `json:"controlPlaneEndpoint,omitempty"`
	EncryptionAlgorithm  string     `json:"encryptionAlgorithm"`
	Networking           networking `json:"networking,omitzero"`
	APIServer            apiServer  `json:"apiServer,omitzero"`
	ControllerManager    component  `json:"controllerManager,omitzero"`
	Scheduler            component  `json:"scheduler,omitzero"`
	Etcd                 etcd       `json:"etcd,omitzero"`
	DNS                  image      `json:"dns,omitzero"`
}

type networking struct {
	PodSubnet     string `json:"podSubnet"`
	ServiceSubnet string `json:"serviceSubnet"`
	DNSDomain     string `json:"dnsDomain"`
}

type apiServer struct {
	CertSANs     []string        `json:"certSANs,omitempty"`
	ExtraArgs    []arg           `json:"extraArgs,omitempty"`
	ExtraVolumes []hostPathMount `json:"extraVolumes,omitempty"`
}

type hostPathMount struct {
	Name      string `json:"name"`
	HostPath  string `json:"hostPath"`
	MountPath string `json:"mountPath"`
	ReadOnly  bool   `json:"readOnly"`
	PathType  string `json:"pathType"`
}

type component struct {
	ExtraArgs []arg `json:"extraArgs"`
}

type image struct {
	ImageTag string `json:"imageTag"`
}

// etcd is either local or external.
type etcd struct {
	Local    *localEtcd    `json:"local,omitempty"`
	External *externalEtcd `json:"external,omitempty"`
}

type externalEtcd struct {
	Endpoints []string `json:"endpoints"`
	CAFile    string   `json:"caFile"`
	CertFile  string   `json:"certFile"`
	KeyFile   string   `json:"keyFile"`
}

type localEtcd struct {
	DataDir   string `json:"dataDir"`
	ImageTag  string `json:"imageTag"`
	ExtraArgs []arg  `json:"extraArgs"`
}

type joinConfiguration struct {
	typeMeta         `json:",inline"`
	Discovery        discovery         `json:"discovery"`
	NodeRegistration nodeRegistration  `json:"nodeRegistration"`
	ControlPlane     *joinControlPlane `json:"controlPlane,omitempty"`
	Timeouts         timeouts          `json:"timeouts,omitzero"`
}

type discovery struct {
	BootstrapToken bootstrapTokenDiscovery `json:"bootstrapToken"`
}

type bootstrapTokenDiscovery struct {
	Token             string   `json:"token"`
	APIServerEndpoint string   `json:"apiServerEndpoint"`
	CACertHashes      []string `json:"caCertHashes"`
}

type joinControlPlane struct {
	LocalAPIEndpoint apiEndpoint `json:"localAPIEndpoint"`
}

type kubeletConfiguration struct {
	typeMeta           `json:",inline"`
	CgroupDriver       string `json:"cgroupDriver"`
	FailCgroupV1       *bool  `json:"failCgroupV1,omitempty"`
	MaxPods            int    `json:"maxPods,omitempty"`
	RotateCertificates bool   `json:"rotateCertificates,omitempty"`
	ServerTLSBootstrap bool   `json:"serverTLSBootstrap,omitempty"`
	SerializeImagePull bool   `json:"serializeImagePulls"`
	VolumePluginDir    string `json:"volumePluginDir"`

	// For a kubelet without a cluster; kubeadm sets these otherwise.
	StaticPodPath            string          `json:"staticPodPath,omitempty"`
	ContainerRuntimeEndpoint string          `json:"containerRuntimeEndpoint,omitempty"`
	Address                  string          `json:"address,omitempty"`
	Authentication           *authentication `json:"authentication,omitempty"`
	Authorization            *authorization  `json:"authorization,omitempty"`
}

type authentication struct {
	Anonymous enabled `json:"anonymous"`
	Webhook   enabled `json:"webhook"`
}

type enabled struct {
	Enabled bool `json:"enabled"`
}

type authorization struct {
	Mode string `json:"mode"`
}

type kubeProxyConfiguration struct {
	typeMeta           `json:",inline"`
	Mode               string     `json:"mode"`
	MetricsBindAddress string     `json:"metricsBindAddress"`
	Conntrack          *conntrack `json:"conntrack,omitempty"`
}

type conntrack struct {
	MaxPerCore            int    `json:"maxPerCore"`
	Min                   int    `json:"min"`
	TCPEstablishedTimeout string `json:"tcpEstablishedTimeout"`
	TCPCloseWaitTimeout   string `json:"tcpCloseWaitTimeout"`
}
