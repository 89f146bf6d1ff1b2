package calico

import (
	"strings"

	apiextensionsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/objectmeta"
)

// group is that of what Calico's programs keep in the API server.
const group = "crd.projectcalico.org"

// kind is one of them.
type kind struct {
	name, plural string
	namespaced   bool
}

// kinds are those of the group in upstream's manifests:
// https://github.com/projectcalico/calico/blob/v3.32.1/manifests/calico-vxlan.yaml
var kinds = []kind{
	{"BGPConfiguration", "bgpconfigurations", false},
	{"BGPFilter", "bgpfilters", false},
	{"BGPPeer", "bgppeers", false},
	{"BlockAffinity", "blockaffinities", false},
	{"CalicoNodeStatus", "caliconodestatuses", false},
	{"ClusterInformation", "clusterinformations", false},
	{"FelixConfiguration", "felixconfigurations", false},
	{"GlobalNetworkPolicy", "globalnetworkpolicies", false},
	{"GlobalNetworkSet", "globalnetworksets", false},
	{"HostEndpoint", "hostendpoints", false},
	{"IPAMBlock", "ipamblocks", false},
	{"IPAMConfig", "ipamconfigs", false},
	{"IPAMHandle", "ipamhandles", false},
	{"IPPool", "ippools", false},
	{"IPReservation", "ipreservations", false},
	{"KubeControllersConfiguration", "kubecontrollersconfigurations", false},
	{"NetworkPolicy", "networkpolicies", true},
	{"NetworkSet", "networksets", true},
	{"StagedGlobalNetworkPolicy", "stagedglobalnetworkpolicies", false},
	{"StagedKubernetesNetworkPolicy", "stagedkubernetesnetworkpolicies", true},
	{"StagedNetworkPolicy", "stagednetworkpolicies", true},
	{"Tier", "tiers", false},
}

// defineKinds registers them. Nobody but Calico's own programs writes them, which check
// what they write, so they have no schema: people use Kubernetes' NetworkPolicy, and
// calicoctl for the rest.
func defineKinds(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) ([]pulumi.Resource, error) {
	var all []pulumi.Resource
	opts = append(opts, pulumi.RetainOnDelete(true)) // as those of charts: internal/release
	for _, k := range kinds {
		definition, err := apiextensionsv1.NewCustomResourceDefinition(ctx, name+"-kind-"+k.plural, &apiextensionsv1.CustomResourceDefinitionArgs{
			Metadata: objectmeta.Named(k.plural+"."+group, nil),
			Spec:     k.definition(),
		}, opts...)
		if err != nil {
			return nil, err
		}
		all = append(all, definition)
	}
	return all, nil
}

func (k kind) definition() apiextensionsv1.CustomResourceDefinitionSpecArgs {
	scope := "Cluster"
	if k.namespaced {
		scope = "Namespaced"
	}
	anything := apiextensionsv1.JSONSchemaPropsArgs{Type: pulumi.String("object"), X_kubernetes_preserve_unknown_fields: pulumi.Bool(true)}
	// Programs write the status of the one kind that has some apart from the rest.
	var parts apiextensionsv1.CustomResourceSubresourcesPtrInput
	if k.name == "KubeControllersConfiguration" {
		parts = apiextensionsv1.CustomResourceSubresourcesArgs{Status: pulumi.Map{}}
	}
	return apiextensionsv1.CustomResourceDefinitionSpecArgs{
		Group: pulumi.String(group),
		Scope: pulumi.String(scope),
		Names: apiextensionsv1.CustomResourceDefinitionNamesArgs{
			Kind: pulumi.String(k.name), ListKind: pulumi.String(k.name + "List"),
			Plural: pulumi.String(k.plural), Singular: pulumi.String(strings.ToLower(k.name)),
		},
		Versions: apiextensionsv1.CustomResourceDefinitionVersionArray{apiextensionsv1.CustomResourceDefinitionVersionArgs{
			Name: pulumi.String("v1"), Served: pulumi.Bool(true), Storage: pulumi.Bool(true),
			Schema: apiextensionsv1.CustomResourceValidationArgs{OpenAPIV3Schema: anything}, Subresources: parts,
		}},
	}
}
