// Package versions is the one place that says what Slipway installs on nodes.
// The toolchain's modules under tools/ are held equal to it by a test.
package versions

// What a cluster consists of unless its configuration says otherwise.
const (
	// Kubernetes is the default release: the newest minor that the OpenStack
	// cloud provider, Rook and ECK all support.
	Kubernetes = "v1.36.3"
	// OldestMinor and NewestMinor bound what may be asked for: the minors that
	// upstream maintains and that speak kubeadm v1beta4 and etcd 3.6.
	OldestMinor = 35
	NewestMinor = 37

	// Containerd 2.2 is the series kubelet 1.36 is tested with; 2.3.0 to 2.3.3
	// fail with sandbox images pinned by digest (containerd#13529).
	Containerd = "2.2.9"
	// Runc 1.3 is the series that containerd 2.2 ships and tests with.
	Runc = "v1.3.3"
	// CNIPlugins has the bridge, portmap and loopback plugins that pod networks build on.
	CNIPlugins = "v1.9.1"

	// Flannel and FlannelCNIPlugin belong together: upstream's manifest of that
	// Flannel release names this plugin.
	Flannel          = "v0.28.4"
	FlannelCNIPlugin = "v1.9.1-flannel1"

	// Cilium is the release of its programs and of its chart: the first series that
	// upstream tests with Kubernetes 1.36.
	Cilium            = "v1.20.2"
	CiliumChartDigest = "bd248cae991b0de3ca92d1a8c7f505b09df2a1a819dd14b1f3e5593cc5437115" // see charts.Digest

	// Calico is the release of its programs; NewestCalicoMinor is the newest Kubernetes
	// that upstream tests it with. The local cloud has older ones under its name.
	Calico            = "v3.32.1"
	NewestCalicoMinor = 36

	// CloudProviderOpenStack is the cloud controller manager's release. Each is
	// made for the Kubernetes minor of its own; NewestCloudMinor is that one.
	CloudProviderOpenStack = "v1.36.0"
	NewestCloudMinor       = 36

	// CinderCSIChart is the chart of the Cinder CSI driver that belongs to
	// CloudProviderOpenStack; the sidecars are those that it names.
	CinderCSIChart         = "2.36.0"
	CinderCSIChartDigest   = "0fd6f7e52651a360b6924b3eb5fc804e8c6f684f19402d6e3ca75ea4ff3c3b9b" // see charts.Digest
	CSIProvisioner         = "v5.3.0"
	CSIResizer             = "v1.14.0"
	CSILivenessProbe       = "v2.17.0"
	CSINodeDriverRegistrar = "v2.15.0"
	// CSISnapshotter is also the release of snapshot-controller and of the
	// types that both watch.
	CSISnapshotter = "v8.4.0"
	// CSIAttacher is v4.10.0 in the chart; of the releases that a module proxy
	// serves, this is the one nearest to it.
	CSIAttacher = "v4.12.0"

	// MetalLB is the release of both its programs, MetalLBChart that of the chart
	// that belongs to it.
	MetalLB            = "v0.16.1"
	MetalLBChart       = "0.16.1"
	MetalLBChartDigest = "541a0d1c6bb0e6176db87a6ff1b260f6d48caca3b454e8180240d5dba65ecf07" // see charts.Digest

	// MonitoringChart is the release of kube-prometheus-stack; the others are what
	// it names. MonitoringChartDigest leaves out the charts inside that are not used.
	MonitoringChart       = "88.6.1"
	MonitoringChartDigest = "6bc37d74e9656d115581669e9acddb527c771928de97c5dd472ae5b79d683343" // see charts.Digest
	PrometheusOperator    = "v0.93.1"
	Prometheus            = "v3.14.0" // v0.314.0 as a module
	// Alertmanager is v0.34.0 in the chart; of the later ones, no module has the
	// user interface that they do not compile without.
	Alertmanager     = "v0.31.1"
	NodeExporter     = "v1.12.1"
	KubeStateMetrics = "v2.20.0"

	// GrafanaChart is the release of Grafana's chart; the others are what it names.
	GrafanaChart       = "13.0.1"
	GrafanaChartDigest = "efd21b67605903079cea8dd721883f6f048ddd7231e7c89619e008e6e7ab2f32" // see charts.Digest
	Grafana            = "13.2.0"
	GrafanaSidecar     = "2.10.3"

	// LokiChart is the release of Loki's chart, LokiChartDigest leaves out the charts
	// inside. Loki is a patch newer than the 3.7.7 that it names: a module proxy serves it.
	LokiChart       = "18.11.7"
	LokiChartDigest = "704a6fab2fef809b045c18b4cb785937abf49afcd7ca36c016746ebd53af7893" // see charts.Digest
	Loki            = "3.7.8"
	// Alloy is in no chart here: docs/logging.md says why.
	Alloy = "v1.18.1"

	// ECK is the release of the operator and of its chart, ElasticStack the one of
	// Elasticsearch, Kibana and Filebeat that its own samples have. NewestECKMinor is
	// the newest Kubernetes that its readme names.
	ECK            = "3.5.0"
	NewestECKMinor = 36
	ECKChartDigest = "0ad766ede5c3079aa631ec7458707afaf0a087c027e1c194358eaa28a2436273" // see charts.Digest
	ElasticStack   = "9.4.3"

	// ExternalDNS writes records; DesignateWebhook, which has a release of its own, has
	// it write them to OpenStack. It is built with this release of ExternalDNS.
	ExternalDNS      = "v0.21.0"
	DesignateWebhook = "v2.3.0"

	// DNS01Webhook has cert-manager write records of challenges to OpenStack. Release
	// 0.4.0 does not start: docs/adr/0023-challenges-answered-in-designate.md.
	DNS01Webhook = "0.3.1"

	// OPA answers the API servers' questions about tokens of Keystone.
	OPA = "v1.16.0"

	// Traefik is the release that TraefikChart belongs to and names; GatewayAPI that
	// of the definitions it is built for.
	Traefik            = "v3.7.13"
	TraefikChart       = "41.6.0"
	TraefikChartDigest = "eef17cd6e5f5c5960e02bd3a48d822d62b0058d62096f539b5f0a51a29ff3bcc" // see charts.Digest
	GatewayAPI         = "v1.6.1"

	// Rook is the release of the operator and of both charts, Ceph the one that they
	// name, CephCSI that of its CSI drivers, the operator of which is CephCSIOperator.
	// NewestRookMinor is the newest Kubernetes that upstream tests it with.
	Rook                   = "v1.20.6"
	NewestRookMinor        = 36
	RookChartDigest        = "bea6d882df210b28dd6f06217a50bc8ac23b489879322acd8f5e7d3175fd0715" // see charts.Digest
	RookClusterChartDigest = "dddbd9a24260cde389e0dfdfaa7da92fa828418cec23d84f0c7b5bc7c59a4fbb" // see charts.Digest
	Ceph                   = "v20.2.4"
	CephCSI                = "v3.17.0"
	CephCSIOperator        = "v1.0.4"
	// What the drivers have beside them, as Rook names it.
	RookCSIAttacher    = "v4.12.0"
	RookCSIProvisioner = "v6.2.0"
	RookCSIRegistrar   = "v2.17.0"
	RookCSIResizer     = "v2.1.0"
	RookCSISnapshotter = "v8.5.0"

	// CertManager is the release of the programs and of the chart.
	CertManager            = "v1.21.1"
	CertManagerChartDigest = "07d12e833bfbf479a00c41fabb3dfa4e04a1c8e869ef457ff1d686b00f206429" // see charts.Digest

	// Pause, Etcd and CoreDNS are the defaults of kubeadm 1.36. They are set
	// explicitly for every Kubernetes release, so that the list of images does
	// not depend on which defaults a kubeadm was built with.
	Pause   = "3.10.2"
	Etcd    = "3.6.8-0"
	CoreDNS = "v1.14.2"
)
