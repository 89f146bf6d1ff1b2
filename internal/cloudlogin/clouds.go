package cloudlogin

import (
	"fmt"

	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/identity"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"sigs.k8s.io/yaml"
)

const (
	// CloudsDir is where a pod has to have the files of CloudsFiles: programs that
	// log in as OpenStack's own clients do look there.
	CloudsDir = "/etc/openstack"
	// CloudsFile is the name of the file that these clients read.
	CloudsFile = "clouds.yaml"
	// CloudName is what the only cloud in it is called.
	CloudName = "openstack"
)

// clouds is a clouds.yaml:
// https://docs.openstack.org/openstacksdk/latest/user/config/configuration.html
type clouds struct {
	Clouds map[string]cloud `json:"clouds"`
}

type cloud struct {
	AuthType  string `json:"auth_type"`
	Auth      auth   `json:"auth"`
	Region    string `json:"region_name"`
	Interface string `json:"interface"`
	CACert    string `json:"cacert,omitempty"`
}

type auth struct {
	URL    string `json:"auth_url"`
	ID     string `json:"application_credential_id"`
	Secret string `json:"application_credential_secret"`
}

// CloudsFiles are a clouds.yaml, secret, and its digest, which is not: see Files.
func (l Login) CloudsFiles(credential *identity.ApplicationCredential) (pulumi.StringMap, pulumi.StringOutput) {
	return l.files(credential, CloudsFile, pulumi.String(""), l.clouds)
}

func (l Login) clouds(id, secret, _ string) (string, error) {
	c := cloud{AuthType: "v3applicationcredential", Auth: auth{l.AuthURL, id, secret}, Region: l.Region, Interface: "public"}
	if l.CACertificate != "" {
		c.CACert = CloudsDir + "/" + caFile
	}
	text, err := yaml.Marshal(clouds{map[string]cloud{CloudName: c}})
	if err != nil {
		return "", fmt.Errorf("rendering %s: %w", CloudsFile, err)
	}
	return string(text), nil
}
