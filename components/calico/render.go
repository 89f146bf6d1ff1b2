package calico

import "encoding/json"

// networkList is a list of CNI plugins: https://www.cni.dev/docs/spec/
type networkList struct {
	Name       string   `json:"name"`
	CNIVersion string   `json:"cniVersion"`
	Plugins    []plugin `json:"plugins"`
}

// plugin is Calico's own, or one that follows it:
// https://docs.tigera.io/calico/latest/reference/configure-cni-plugins
type plugin struct {
	Type          string      `json:"type"`
	LogLevel      string      `json:"log_level,omitempty"`
	DatastoreType string      `json:"datastore_type,omitempty"`
	NodeName      string      `json:"nodename,omitempty"`
	IPAM          *plugin     `json:"ipam,omitempty"`
	Policy        *plugin     `json:"policy,omitempty"`
	Kubernetes    *kubernetes `json:"kubernetes,omitempty"`
	// RequireMTUFile has pods wait until the daemon has noted the MTU.
	RequireMTUFile bool            `json:"require_mtu_file,omitempty"`
	SNAT           bool            `json:"snat,omitempty"`
	Capabilities   map[string]bool `json:"capabilities,omitempty"`
}

type kubernetes struct {
	Kubeconfig string `json:"kubeconfig"`
}

// cniConfig is what the installer writes to each node, with the words in capitals
// replaced. Without an MTU pods have what the daemon found out and noted on its node:
// before that they would have that of the nodes, which leaves no room for a wrapping.
func cniConfig() (string, error) {
	text, err := json.MarshalIndent(networkList{
		Name: "k8s-pod-network", CNIVersion: "0.3.1",
		Plugins: []plugin{
			{
				Type: "calico", LogLevel: "info", DatastoreType: "kubernetes", NodeName: "__KUBERNETES_NODE_NAME__",
				IPAM: &plugin{Type: "calico-ipam"}, Policy: &plugin{Type: "k8s"},
				Kubernetes: &kubernetes{Kubeconfig: "__KUBECONFIG_FILEPATH__"}, RequireMTUFile: true,
			},
			{Type: "portmap", SNAT: true, Capabilities: map[string]bool{"portMappings": true}},
		},
	}, "", "  ")
	return string(text), err
}
