package cloudcontroller

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/cloudlogin"
	"slipway/internal/golden"
	"slipway/internal/machine"
	"slipway/internal/nodetest"
	"slipway/internal/pulumitest"
)

const (
	name           = "demo-cloud"
	credentialType = "openstack:identity/applicationCredential:ApplicationCredential"
	commandType    = "command:remote:Command"
	daemonType     = "kubernetes:apps/v1:DaemonSet"
	secretType     = "kubernetes:core/v1:Secret"
	needle         = "the-secret-of-the-credential"
)

func baseline(cluster pulumi.Resource) *CloudControllerArgs {
	return &CloudControllerArgs{
		Cluster:       "demo",
		Login:         cloudlogin.Login{AuthURL: "https://keystone.example.com/v3", Region: "RegionOne", Roles: []string{"member"}, Generation: 1},
		LoadBalancers: &LoadBalancers{SubnetID: pulumi.String("subnet-id"), FloatingNetworkID: "external-id"},
		ControlPlane:  nodetest.Settings().SSH.Connect(pulumi.String("10.0.0.10"), pulumi.String("ssh-ed25519 node")),
		Nodes:         []string{"demo-w1", "demo-cp1"},
		DeletedWith:   cluster,
	}
}

// run deploys the baseline, changed.
func run(t *testing.T, change func(*CloudControllerArgs)) *pulumitest.Recorded {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		cluster, err := pulumitest.Component(ctx, "demo-cloud-cluster")
		if err != nil {
			return err
		}
		args := baseline(cluster)
		joined, err := machine.Run(ctx, name+"-w1", args.ControlPlane, machine.Step{Name: "join", Command: "sudo -n true"}, pulumi.Parent(cluster))
		if err != nil {
			return err
		}
		args.Joined = []pulumi.Resource{joined}
		change(args)
		_, err = NewCloudController(ctx, name, args)
		return err
	}, pulumitest.SecretOutput(credentialType, "secret", needle))
}

func asItIs(*CloudControllerArgs) {}

func TestCloudController(t *testing.T) {
	recorded := run(t, asItIs)
	recorded.AssertParented(t)
	recorded.AssertNames(t, name)
	recorded.AssertOutputsRegistered(t)
	recorded.AssertNoPlainSecrets(t, needle)
	golden.Assert(t, "graph.txt", recorded.Graph())
	text, _, _ := recorded.Get(t, secretType, name+"-config").Input(`stringData["cloud.conf"]`)
	if !strings.Contains(text.StringValue(), `application-credential-secret = "`+needle+`"`) {
		t.Errorf("the configuration lacks the credential's secret:\n%s", text.StringValue())
	}
}

// What goes with the cluster must not hold up its end; what is in the cloud does
// not go with it.
func TestWhatGoesWithTheCluster(t *testing.T) {
	recorded := run(t, asItIs)
	cluster := recorded.Get(t, pulumitest.ComponentType, "demo-cloud-cluster").URN
	for _, r := range recorded.Resources {
		inCloud := r.Type == credentialType || r.Name == name+"-balancers"
		if r.Custom && r.Name != name+"-w1-join" && (r.DeletedWith == cluster) == inCloud {
			t.Errorf("%s %s is deleted with %q", r.Type, r.Name, r.DeletedWith)
		}
	}
}

// The load balancers go while there is a controller and a cluster to take them away.
func TestBalancersGoFirst(t *testing.T) {
	recorded := run(t, asItIs)
	step := recorded.Get(t, commandType, name+"-balancers")
	if v, _, _ := step.Input("delete"); v.StringValue() != "sudo -n /opt/slipway/release-balancers.sh" {
		t.Errorf("its end runs %v", v)
	}
	for _, before := range []string{recorded.Get(t, daemonType, name+"-daemon").URN, recorded.Get(t, commandType, name+"-w1-join").URN} {
		if !strings.Contains(strings.Join(step.DependsOn, " "), before) {
			t.Errorf("%s may go before the load balancers do", before)
		}
	}
	for _, r := range run(t, func(a *CloudControllerArgs) { a.LoadBalancers = nil }).Resources {
		if r.Name == name+"-balancers" {
			t.Error("without load balancers there is nothing to take away")
		}
	}
}

// The routes of other ranges are not the cluster's to take away.
func TestRoutes(t *testing.T) {
	recorded := run(t, func(a *CloudControllerArgs) {
		a.Routes = &Routes{RouterID: pulumi.String("router-id"), PodCIDR: netip.MustParsePrefix("10.244.0.0/16")}
	})
	spec, _, _ := recorded.Get(t, daemonType, name+"-daemon").Input("spec.template.spec.containers[0].args")
	for _, flag := range []string{"--cluster-cidr=10.244.0.0/16", "--controllers=cloud-node,cloud-node-lifecycle,service,route"} {
		if !strings.Contains(fmt.Sprint(spec), flag) {
			t.Errorf("%s is not in %v", flag, spec)
		}
	}
	if v, _, _ := recorded.Get(t, commandType, name+"-wait-cloud").Input("create"); !strings.HasSuffix(v.StringValue(), "/wait-cloud.sh routes") {
		t.Errorf("it waits with %v", v)
	}
}

// The controller reads its configuration once.
func TestChangedConfigurationRestartsTheController(t *testing.T) {
	digest := func(change func(*CloudControllerArgs)) string {
		v, _, _ := run(t, change).Get(t, daemonType, name+"-daemon").Input(`spec.template.metadata.annotations["slipway/config-sha256"]`)
		if v.IsSecret() || v.StringValue() == "" {
			t.Errorf("the digest is %v", v)
		}
		return v.StringValue()
	}
	seen := map[string]string{}
	for what, change := range map[string]func(*CloudControllerArgs){
		"nothing":           asItIs,
		"another address":   func(a *CloudControllerArgs) { a.Login.AuthURL = "https://other.example.com/v3" },
		"an authority":      func(a *CloudControllerArgs) { a.Login.CACertificate = "pem" },
		"no load balancers": func(a *CloudControllerArgs) { a.LoadBalancers = nil },
		"routes": func(a *CloudControllerArgs) {
			a.Routes = &Routes{pulumi.String("router-id"), netip.MustParsePrefix("10.244.0.0/16")}
		},
	} {
		d := digest(change)
		if other, twice := seen[d]; twice {
			t.Errorf("%s and %s have one digest", what, other)
		}
		seen[d] = what
	}
}

func TestRefusesWhatIsMissing(t *testing.T) {
	err := (&CloudControllerArgs{Cluster: "demo"}).validate()
	const want = "DeletedWith is required\nJoined is required\nNodes is required\n" +
		"the login needs AuthURL\nthe login needs Generation\nthe login needs Region\nthe login needs Roles"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
