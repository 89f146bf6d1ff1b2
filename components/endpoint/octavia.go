package endpoint

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/loadbalancer"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/internal/machine"
	"slipway/internal/node"
)

const octaviaType = "slipway:index:OctaviaEndpoint"

// providerOVN is Octavia's driver that lets OVN rewrite packets instead of
// running a proxy. It can do less: no lists of allowed ranges, no checks by
// HTTP, one algorithm, no time-outs.
const providerOVN = "ovn"

// OctaviaArgs describes a load balancer in front of the API servers.
type OctaviaArgs struct {
	// SubnetID is the subnet of the load balancer and of its members. Required.
	SubnetID pulumi.StringInput
	// Port is where clients connect. Required.
	Port int
	// APIServerPort is the port of each API server. Required.
	APIServerPort int
	// Members maps the host names of the API servers to their addresses. Required.
	Members map[string]pulumi.StringInput
	// AllowedCIDRs are the IPv4 ranges that may connect. Nodes do it from their
	// own addresses, so their subnet has to be among them. Required, but refused
	// when KeepsClientAddress: security groups are the place for it then.
	AllowedCIDRs []netip.Prefix
	// Provider is Octavia's driver, e.g. amphora or ovn. Optional: the cloud's default.
	Provider string
	// FloatingIP goes on the load balancer. Optional: the API is reached from inside only.
	FloatingIP *machine.FloatingIP
	// Protect keeps the load balancer from being deleted. Optional.
	Protect bool
	// Tags are set on what can carry them. Optional.
	Tags []string
}

// Octavia is a load balancer of the cloud in front of the API servers.
type Octavia struct {
	pulumi.ResourceState
	node.Endpoint
}

// KeepsClientAddress says whether API servers see their clients' own addresses
// behind a load balancer of that provider. Then it is up to their security
// groups who may connect; else all that they see is the load balancer.
func KeepsClientAddress(provider string) bool { return provider == providerOVN }

// NewOctavia creates the load balancer and what it needs to know of the API servers.
func NewOctavia(ctx *pulumi.Context, name string, args *OctaviaArgs, opts ...pulumi.ResourceOption) (*Octavia, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("endpoint %q: %w", name, err)
	}
	o := &Octavia{}
	if err := ctx.RegisterComponentResource(octaviaType, name, o, opts...); err != nil {
		return nil, err
	}
	balancerArgs := &loadbalancer.LoadBalancerArgs{
		Name:        pulumi.String(name),
		Description: pulumi.String("Kubernetes API"),
		VipSubnetId: args.SubnetID.ToStringOutput().ToStringPtrOutput(),
		Tags:        pulumi.ToStringArray(args.Tags),
	}
	if args.Provider != "" {
		balancerArgs.LoadbalancerProvider = pulumi.String(args.Provider)
	}
	balancer, err := loadbalancer.NewLoadBalancer(ctx, name+"-balancer", balancerArgs, pulumi.Parent(o), pulumi.Protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("creating load balancer %q: %w", name, err)
	}
	pool, err := o.listen(ctx, name, args, balancer)
	if err != nil {
		return nil, err
	}
	if err := o.addMembers(ctx, name, args, pool); err != nil {
		return nil, err
	}
	o.Port = args.Port
	o.Internal = balancer.VipAddress
	o.External = o.Internal
	if args.FloatingIP != nil {
		if o.External, err = args.FloatingIP.Attach(ctx, name, balancer.VipPortId, pulumi.Parent(o)); err != nil {
			return nil, err
		}
	}
	return o, ctx.RegisterResourceOutputs(o, o.Outputs())
}

func (args *OctaviaArgs) validate() error {
	switch {
	case args == nil || args.SubnetID == nil || args.Port == 0 || args.APIServerPort == 0:
		return errors.New("args with a subnet and both ports are required")
	case len(args.Members) == 0:
		return errors.New("at least one member is required")
	case KeepsClientAddress(args.Provider) && len(args.AllowedCIDRs) > 0:
		return fmt.Errorf("provider %s cannot keep to AllowedCIDRs", args.Provider)
	case !KeepsClientAddress(args.Provider) && len(args.AllowedCIDRs) == 0:
		return errors.New("AllowedCIDRs is required: without it everybody may connect")
	}
	for _, cidr := range args.AllowedCIDRs {
		if !cidr.Addr().Is4() {
			return fmt.Errorf("AllowedCIDRs %s: must be IPv4 ranges, like the subnet", cidr)
		}
	}
	return nil
}
