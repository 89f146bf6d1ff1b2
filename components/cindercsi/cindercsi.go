// Package cindercsi owns what gives claims of the cluster volumes of Cinder: the
// CSI driver from its chart, storage classes, snapshots, and the credential that
// it logs in with. It needs an API server and a Kubernetes provider, which the
// stack hands it.
package cindercsi

import (
	"errors"
	"fmt"
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/identity"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/bootstrap"
	"slipway/internal/charts"
	"slipway/internal/cloudlogin"
	"slipway/internal/machine"
	"slipway/internal/objectmeta"
	"slipway/internal/release"
)

// typeToken identifies the component in state.
const typeToken = "slipway:index:CinderCSI"

// CinderCSIArgs says which cloud it is and which volumes are wanted of it.
type CinderCSIArgs struct {
	// Cluster is noted on the volumes. Required.
	Cluster string
	// Login is how the driver logs in to the cloud. Required.
	Login cloudlogin.Login
	// Sources are the chart and the manifests, as Get returns them. Required.
	Sources *Sources
	// Kubernetes is the cluster's version. Required.
	Kubernetes string
	// IgnoreZones says that volumes reach every node, whatever their zones are
	// called. Optional: a volume is made in its node's zone.
	IgnoreZones bool
	// StorageClasses are what claims ask for, by name. Required.
	StorageClasses map[string]StorageClass
	// ControlPlane leads into a control-plane node. Required, secret.
	ControlPlane machine.Login
	// After are the nodes and their pod network, without which the driver's pods
	// would not get ready. Required.
	After []pulumi.Resource
	// DeletedWith takes the whole cluster along when it is deleted. Required.
	DeletedWith pulumi.Resource
}

// StorageClass is a kind of volumes.
type StorageClass struct {
	// VolumeType is Cinder's. Optional: the cloud's default.
	VolumeType string
	// Default says that claims get it that name none. Optional.
	Default bool
	// Retain keeps a volume whose claim is deleted. Optional.
	Retain bool
	// Filesystem is ext4 or xfs. Required.
	Filesystem string
}

// CinderCSI is there when the driver serves every node.
type CinderCSI struct {
	pulumi.ResourceState

	// CredentialID is the application credential that the driver logs in with.
	CredentialID pulumi.StringOutput
}

// NewCinderCSI installs the driver into the cluster of the Kubernetes provider in
// opts. It does not go while volumes of it are in use, unless the cluster does.
func NewCinderCSI(ctx *pulumi.Context, name string, args *CinderCSIArgs, opts ...pulumi.ResourceOption) (*CinderCSI, error) {
	if args == nil {
		return nil, errors.New("args is required")
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("volumes of Cinder %q: %w", name, err)
	}
	objects, err := args.objects()
	if err != nil {
		return nil, fmt.Errorf("volumes of Cinder %q: %w", name, err)
	}
	c := &CinderCSI{}
	if err := ctx.RegisterComponentResource(typeToken, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering Cinder CSI %q: %w", name, err)
	}
	parent, gone := pulumi.Parent(c), pulumi.DeletedWith(args.DeletedWith)
	credential, err := args.Login.NewCredential(ctx, name, "Cinder CSI driver of the cluster "+args.Cluster, parent)
	if err != nil {
		return nil, fmt.Errorf("creating the credential of Cinder CSI %q: %w", name, err)
	}
	c.CredentialID = credential.ID().ToStringOutput()
	installed, err := args.install(ctx, name, credential, objects, parent, gone)
	if err != nil {
		return nil, fmt.Errorf("installing Cinder CSI %q: %w", name, err)
	}
	_, err = machine.Run(ctx, name, args.ControlPlane, machine.Step{
		Name:    "volumes",
		Command: "sudo -n true",
		Delete:  bootstrap.Command(bootstrap.CheckVolumes),
	}, parent, gone, pulumi.DependsOn(installed))
	if err != nil {
		return nil, fmt.Errorf("watching over the volumes of Cinder CSI %q: %w", name, err)
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"credentialId": c.CredentialID})
}

// install creates the configuration and what the chart consists of.
func (a *CinderCSIArgs) install(ctx *pulumi.Context, name string, credential *identity.ApplicationCredential, objects []charts.Object, opts ...pulumi.ResourceOption) ([]pulumi.Resource, error) {
	files, digest := a.Login.Files(credential, pulumi.String(a.sections()))
	secret, err := corev1.NewSecret(ctx, name+"-config", &corev1.SecretArgs{
		Metadata: objectmeta.In(pulumi.String(namespace), secretName, nil), StringData: files,
	}, opts...)
	if err != nil {
		return nil, err
	}
	return release.Install(ctx, name, release.Args{
		Objects: objects, Namespace: namespace,
		PodAnnotations: pulumi.StringMap{"slipway/config-sha256": digest},
		After:          append(slices.Clone(a.After), secret),
	}, opts...)
}

// sections are what the driver's configuration has beside the login.
func (a *CinderCSIArgs) sections() string {
	if a.IgnoreZones {
		return "[BlockStorage]\nignore-volume-az = true\n"
	}
	return ""
}

func (a *CinderCSIArgs) validate() error {
	var errs []error
	for _, f := range []struct {
		name    string
		missing bool
	}{
		{"Cluster", a.Cluster == ""}, {"Sources", a.Sources == nil}, {"Kubernetes", a.Kubernetes == ""},
		{"StorageClasses", len(a.StorageClasses) == 0}, {"After", len(a.After) == 0}, {"DeletedWith", a.DeletedWith == nil},
	} {
		if f.missing {
			errs = append(errs, fmt.Errorf("%s is required", f.name))
		}
	}
	return errors.Join(append(errs, a.Login.Validate())...)
}
