package flannel

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

const (
	appName       = "flannel"
	namespaceName = "kube-flannel" // upstream's, where people look for it

	netConfFile = "net-conf.json"
	cniConfFile = "cni-conf.json"
)

// configFiles are the two files that the daemon's pod is configured with.
type configFiles struct {
	Net string // the daemon's own
	CNI string // what the kubelet's container runtime reads
}

// netConf is the daemon's configuration:
// https://github.com/flannel-io/flannel/blob/v0.28.4/Documentation/configuration.md
type netConf struct {
	Network        string     `json:"Network"`
	EnableNFTables bool       `json:"EnableNFTables"`
	Backend        netBackend `json:"Backend"`
}

type netBackend struct {
	Type Backend `json:"Type"`
	MTU  int     `json:"MTU,omitempty"`
}

// cniConf is a list of CNI plugins: https://www.cni.dev/docs/spec/
type cniConf struct {
	Name       string      `json:"name"`
	CNIVersion string      `json:"cniVersion"`
	Plugins    []cniPlugin `json:"plugins"`
}

type cniPlugin struct {
	Type         string          `json:"type"`
	Delegate     *cniBridge      `json:"delegate,omitempty"`
	Capabilities map[string]bool `json:"capabilities,omitempty"`
}

// cniBridge is what flannel's plugin passes on to the bridge plugin.
type cniBridge struct {
	HairpinMode      bool `json:"hairpinMode"`
	IsDefaultGateway bool `json:"isDefaultGateway"`
}

func render(a *FlannelArgs) (configFiles, error) {
	backend := netBackend{Type: a.Backend}
	if a.Backend == VXLAN {
		backend.MTU = a.MTU
	}
	network, err := indent(netConf{Network: a.PodCIDR.Masked().String(), EnableNFTables: a.EnableNFTables, Backend: backend})
	if err != nil {
		return configFiles{}, err
	}
	cni, err := indent(cniConf{
		Name:       "cbr0",
		CNIVersion: "0.3.1", // as in upstream's manifest: every plugin of the chain speaks it
		Plugins: []cniPlugin{
			// Hairpin: a pod reaches itself through its own Service.
			{Type: "flannel", Delegate: &cniBridge{HairpinMode: true, IsDefaultGateway: true}},
			{Type: "portmap", Capabilities: map[string]bool{"portMappings": true}},
		},
	})
	return configFiles{Net: network, CNI: cni}, err
}

func (c configFiles) digest() string {
	sum := sha256.Sum256([]byte(c.Net + c.CNI))
	return hex.EncodeToString(sum[:])
}

func indent(v any) (string, error) {
	text, err := json.MarshalIndent(v, "", "  ")
	return string(text) + "\n", err
}
