// Command controller has certificates issued: upstream's controllers, of which its
// module has all but the program that runs them. Those for Vault and Venafi are
// left out.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/pflag"
	logsapi "k8s.io/component-base/logs/api/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/yaml"

	"github.com/cert-manager/cert-manager/pkg/apis/config/controller/v1alpha1"
	"github.com/cert-manager/cert-manager/pkg/issuer/acme/dns/util"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
)

// settings are what Slipway sets of upstream's configuration.
type settings struct {
	issuerNamespace, leaseNamespace, solverImage string
	nameservers                                  []string
	challenges                                   int
	ownerRef, gateways, onlyNameservers          bool
}

func main() {
	logf.InitLogs()
	ctx := logf.NewContext(ctrl.SetupSignalHandler(), logf.Log, "controller")
	s, err := read()
	if err == nil {
		err = s.run(ctx)
	}
	if err != nil {
		logf.Log.Error(err, "running the controllers")
		os.Exit(1)
	}
}

// read takes the flags that the chart passes, and the file that one of them names.
func read() (*settings, error) {
	s, logging := &settings{}, logsapi.NewLoggingConfiguration()
	logf.AddFlags(logging, pflag.CommandLine)
	pflag.StringVar(&s.issuerNamespace, "cluster-resource-namespace", "kube-system", "namespace of what ClusterIssuers name")
	pflag.StringVar(&s.leaseNamespace, "leader-election-namespace", "kube-system", "namespace of the lease")
	pflag.StringVar(&s.solverImage, "acme-http01-solver-image", "", "image of acmesolver")
	pflag.IntVar(&s.challenges, "max-concurrent-challenges", 60, "challenges at a time")
	pflag.BoolVar(&s.ownerRef, "enable-certificate-owner-ref", false, "have a Secret go with its Certificate")
	pflag.StringSliceVar(&s.nameservers, "dns01-recursive-nameservers", util.RecursiveNameservers, "who is asked for records of challenges, as host:port")
	pflag.BoolVar(&s.onlyNameservers, "dns01-recursive-nameservers-only", false, "ask none of the zone's own")
	file := pflag.String("config", "", "file with a ControllerConfiguration")
	pflag.Parse()
	if err := logf.ValidateAndApply(logging); err != nil || *file == "" {
		return s, err
	}
	text, err := os.ReadFile(*file)
	if err != nil {
		return nil, err
	}
	c := v1alpha1.ControllerConfiguration{}
	if err := yaml.UnmarshalStrict(text, &c); err != nil {
		return nil, fmt.Errorf("reading %s: %w", *file, err)
	}
	s.gateways = c.GatewayAPIConfig.Enabled != nil && *c.GatewayAPIConfig.Enabled
	return s, nil
}
