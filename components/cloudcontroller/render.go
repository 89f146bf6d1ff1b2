package cloudcontroller

import (
	_ "embed"
	"fmt"
	"strings"
	"text/template"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/cloudlogin"
)

const (
	appName     = "openstack-cloud-controller-manager" // upstream's, where people look for it
	accountName = "cloud-controller-manager"
	roleName    = "system:cloud-controller-manager"
	secretName  = "cloud-config"
	namespace   = "kube-system"

	metricsPort = 10258
)

//go:embed sections.conf.tmpl
var sectionsConf string

var sectionsTemplate = template.Must(template.New("sections.conf").Option("missingkey=error").Parse(sectionsConf))

// sections are what the controller's configuration has beside the login.
type sections struct {
	SubnetID, FloatingNetworkID, RouterID string
}

// render returns the sections. Values are quoted in them: none may end a quotation.
func (s sections) render() (string, error) {
	if err := cloudlogin.Quotable(s.SubnetID, s.FloatingNetworkID, s.RouterID); err != nil {
		return "", err
	}
	var out strings.Builder
	if err := sectionsTemplate.Execute(&out, s); err != nil {
		return "", fmt.Errorf("rendering the configuration: %w", err)
	}
	return out.String(), nil
}

// sections are rendered when the ids in them are known.
func (a *CloudControllerArgs) sections() pulumi.StringOutput {
	s := sections{}
	subnet, router := pulumi.String("").ToStringOutput(), pulumi.String("").ToStringOutput()
	if a.Routes != nil {
		router = a.Routes.RouterID.ToStringOutput()
	}
	if a.LoadBalancers != nil {
		s.FloatingNetworkID, subnet = a.LoadBalancers.FloatingNetworkID, a.LoadBalancers.SubnetID.ToStringOutput()
	}
	return pulumi.All(subnet, router).ApplyT(func(v []any) (string, error) {
		s.SubnetID, s.RouterID = v[0].(string), v[1].(string)
		return s.render()
	}).(pulumi.StringOutput)
}
