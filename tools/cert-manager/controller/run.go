package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"

	"github.com/cert-manager/cert-manager/pkg/controller"
	_ "github.com/cert-manager/cert-manager/pkg/controller/acmechallenges"
	_ "github.com/cert-manager/cert-manager/pkg/controller/acmeorders"
	gateways "github.com/cert-manager/cert-manager/pkg/controller/certificate-shim/gateways"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificate-shim/ingresses"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/acme"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/approver"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/ca"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/selfsigned"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/issuing"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/keymanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/metrics"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/readiness"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/requestmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/revisionmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/trigger"
	_ "github.com/cert-manager/cert-manager/pkg/controller/clusterissuers"
	_ "github.com/cert-manager/cert-manager/pkg/controller/issuers"
	"github.com/cert-manager/cert-manager/pkg/healthz"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/acme"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/ca"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/selfsigned"
)

// Upstream's defaults.
const (
	workers         = 5
	queries, burst  = 20, 50
	metricsAddress  = ":9402"
	healthAddress   = ":9403"
	healthTimeout   = 20 * time.Second
	leaseDuration   = 60 * time.Second
	renewDeadline   = 40 * time.Second
	retryPeriod     = 15 * time.Second
	minimumBackoff  = time.Hour
	maximumBackoff  = 32 * time.Hour
	solverCPU       = "10m"
	solverCPULimit  = "100m"
	solverMemory    = "64Mi"
	dnsCheckPeriod  = 10 * time.Second
	issuerByDefault = "Issuer"
)

// run serves metrics and health, and runs the controllers while it holds the lease.
func (s *settings) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	factory, err := controller.NewContextFactory(ctx, s.options())
	if err != nil {
		return err
	}
	shared, err := factory.Build("controller")
	if err != nil {
		return err
	}
	metrics, err := net.Listen("tcp", metricsAddress)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", healthAddress)
	if err != nil {
		return err
	}
	health := healthz.NewServer(healthTimeout)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return serve(ctx, shared.Metrics.NewServer(metrics), metrics) })
	group.Go(func() error { return health.Start(ctx, listener) })
	group.Go(func() error {
		return s.lead(ctx, shared, health.LeaderHealthzAdaptor, func(ctx context.Context) error { return control(ctx, factory, shared) })
	})
	return group.Wait()
}

func serve(ctx context.Context, server *http.Server, on net.Listener) error {
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.Serve(on); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// lead does something while it holds the lease. The program ends with either.
func (s *settings) lead(ctx context.Context, shared *controller.Context, watchdog *leaderelection.HealthzAdaptor, do func(context.Context) error) error {
	name, err := os.Hostname()
	if err != nil {
		return err
	}
	lock, err := resourcelock.New(resourcelock.LeasesResourceLock, s.leaseNamespace, "cert-manager-controller",
		shared.Client.CoreV1(), shared.Client.CoordinationV1(), resourcelock.ResourceLockConfig{Identity: name})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failed := make(chan error, 1)
	elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
		Lock: lock, LeaseDuration: leaseDuration, RenewDeadline: renewDeadline, RetryPeriod: retryPeriod, ReleaseOnCancel: true, WatchDog: watchdog,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(ctx context.Context) { failed <- do(ctx); cancel() },
			OnStoppedLeading: func() {},
		},
	})
	if err != nil {
		return err
	}
	elector.Run(ctx)
	select {
	case err := <-failed:
		return err
	default:
		return errors.New("the lease is lost")
	}
}

// control runs all controllers that are linked, that of Gateways where the cluster
// has these.
func control(ctx context.Context, factory *controller.ContextFactory, shared *controller.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for name, construct := range controller.Known() {
		if name == gateways.ControllerName && !shared.GatewaySolverEnabled {
			continue
		}
		one, err := construct(factory)
		if err != nil {
			return fmt.Errorf("making controller %s: %w", name, err)
		}
		group.Go(func() error { return one.Run(workers, ctx) })
	}
	shared.SharedInformerFactory.Start(ctx.Done())
	shared.KubeSharedInformerFactory.Start(ctx.Done())
	shared.HTTP01ResourceMetadataInformersFactory.Start(ctx.Done())
	if shared.GatewaySolverEnabled {
		shared.GWShared.Start(ctx.Done())
	}
	return group.Wait()
}

// options are what the controllers share.
func (s *settings) options() controller.ContextOptions {
	return controller.ContextOptions{
		KubernetesAPIQPS: queries, KubernetesAPIBurst: burst,
		IssuerOptions: controller.IssuerOptions{ClusterResourceNamespace: s.issuerNamespace},
		ACMEOptions: controller.ACMEOptions{
			HTTP01SolverImage: s.solverImage, ACMEHTTP01SolverRunAsNonRoot: true,
			HTTP01SolverResourceRequestCPU: resource.MustParse(solverCPU), HTTP01SolverResourceLimitsCPU: resource.MustParse(solverCPULimit),
			HTTP01SolverResourceRequestMemory: resource.MustParse(solverMemory), HTTP01SolverResourceLimitsMemory: resource.MustParse(solverMemory),
			DNS01Nameservers: s.nameservers, DNS01CheckAuthoritative: !s.onlyNameservers, DNS01CheckRetryPeriod: dnsCheckPeriod,
		},
		IngressShimOptions: controller.IngressShimOptions{DefaultIssuerKind: issuerByDefault, DefaultIssuerGroup: "cert-manager.io"},
		CertificateOptions: controller.CertificateOptions{
			EnableOwnerRef: s.ownerRef, CopiedAnnotationPrefixes: []string{"*", "-kubectl.kubernetes.io/"},
			CertificateRequestMinimumBackoffDuration: minimumBackoff, CertificateRequestMaximumBackoffDuration: maximumBackoff,
		},
		SchedulerOptions: controller.SchedulerOptions{MaxConcurrentChallenges: s.challenges},
		ConfigOptions:    controller.ConfigOptions{EnableGatewayAPI: s.gateways},
	}
}
