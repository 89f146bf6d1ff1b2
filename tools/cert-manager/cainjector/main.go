// Command cainjector tells the API server whom to trust as cert-manager's webhook.
package main

import (
	"context"
	"os"

	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	logsapi "k8s.io/component-base/logs/api/v1"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/cert-manager/cert-manager/pkg/api"
	"github.com/cert-manager/cert-manager/pkg/controller/cainjector"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/cert-manager/cert-manager/pkg/util"
)

// everything is what may be told of an authority.
var everything = map[string]bool{
	cainjector.MutatingWebhookConfigurationName: true, cainjector.ValidatingWebhookConfigurationName: true,
	cainjector.APIServiceName: true, cainjector.CustomResourceDefinitionName: true,
}

func main() {
	logf.InitLogs()
	ctrl.SetLogger(logf.Log)
	if err := run(ctrl.SetupSignalHandler()); err != nil {
		logf.Log.Error(err, "running the injector")
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	options := ctrl.Options{
		LeaderElection: true, LeaderElectionID: "cert-manager-cainjector-leader-election", LeaderElectionReleaseOnCancel: true,
		// As upstream's: Secrets of the whole cluster are not kept in memory.
		Client: client.Options{Cache: &client.CacheOptions{DisableFor: []client.Object{new(corev1.Secret)}}},
	}
	options.Scheme = runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{scheme.AddToScheme, api.AddToScheme, apiextensions.AddToScheme, apiregistration.AddToScheme} {
		if err := add(options.Scheme); err != nil {
			return err
		}
	}
	logging := logsapi.NewLoggingConfiguration()
	logf.AddFlags(logging, pflag.CommandLine)
	pflag.StringVar(&options.LeaderElectionNamespace, "leader-election-namespace", "kube-system", "namespace of the lease")
	pflag.StringVar(&options.Metrics.BindAddress, "metrics-listen-address", "0.0.0.0:9402", "address of metrics")
	pflag.Parse()
	if err := logf.ValidateAndApply(logging); err != nil {
		return err
	}
	manager, err := ctrl.NewManager(util.RestConfigWithUserAgent(ctrl.GetConfigOrDie(), "cainjector"), options)
	if err != nil {
		return err
	}
	if err := cainjector.RegisterAllInjectors(ctx, manager, cainjector.SetupOptions{EnableCertificatesDataSource: true, EnabledReconcilersFor: everything}); err != nil {
		return err
	}
	return manager.Start(ctx)
}
