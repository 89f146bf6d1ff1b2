package cloudcontroller

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"strings"
	"text/template"
)

const (
	appName     = "openstack-cloud-controller-manager" // upstream's, where people look for it
	accountName = "cloud-controller-manager"
	roleName    = "system:cloud-controller-manager"
	secretName  = "cloud-config"
	namespace   = "kube-system"

	configDir  = "/etc/config" // in the pod
	configFile = "cloud.conf"
	caFile     = "ca.crt"

	metricsPort = 10258
)

//go:embed cloud.conf.tmpl
var cloudConf string

var cloudConfTemplate = template.Must(template.New(configFile).Option("missingkey=error").Parse(cloudConf))

// cloudConfig is what the controller's configuration follows from.
type cloudConfig struct {
	AuthURL, Region                string
	CredentialID, CredentialSecret string
	CAFile                         string
	SubnetID, FloatingNetworkID    string
	RouterID                       string
}

// render returns the configuration. Values are quoted in it: none may end a quotation.
func (c cloudConfig) render() (string, error) {
	for _, value := range []string{c.AuthURL, c.Region, c.CredentialID, c.CredentialSecret, c.SubnetID, c.FloatingNetworkID, c.RouterID} {
		if strings.ContainsAny(value, "\"\\\n") {
			return "", fmt.Errorf("rendering %s: a value has a quotation mark, a backslash or a line break in it", configFile)
		}
	}
	var out strings.Builder
	if err := cloudConfTemplate.Execute(&out, c); err != nil {
		return "", fmt.Errorf("rendering %s: %w", configFile, err)
	}
	return out.String(), nil
}

// digest changes when the controller has to be restarted. It can be shown: the
// credential's secret is not in it, and another secret has another id.
func (c cloudConfig) digest(certificate string) (string, error) {
	c.CredentialSecret = ""
	text, err := c.render()
	sum := sha256.Sum256([]byte(text + certificate))
	return hex.EncodeToString(sum[:]), err
}
