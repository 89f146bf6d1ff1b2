package endpoint

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/loadbalancer"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// idleTimeout, in milliseconds, is the kubelet's own for exec sessions. With
	// Octavia's, 50 s, a watch in which nothing happens would not last.
	idleTimeout = 4 * 60 * 60 * 1000
	// A member is in after two good answers, and out after three bad ones: while
	// etcd elects a leader, for a second or two, no API server is ready.
	checkInterval = 3 // seconds
	checkTimeout  = 2 // seconds
	goodAnswers   = 2
	badAnswers    = 3
)

// listen opens the port and returns the pool behind it. TLS passes through both
// untouched.
func (o *Octavia) listen(ctx *pulumi.Context, name string, args *OctaviaArgs, balancer *loadbalancer.LoadBalancer) (*loadbalancer.Pool, error) {
	listenerArgs := &loadbalancer.ListenerArgs{
		Name:           pulumi.String(name),
		LoadbalancerId: balancer.ID(),
		Protocol:       pulumi.String("TCP"),
		ProtocolPort:   pulumi.Int(args.Port),
		Tags:           pulumi.ToStringArray(args.Tags),
	}
	method := "SOURCE_IP_PORT"
	if args.Provider != providerOVN {
		method = "ROUND_ROBIN"
		listenerArgs.AllowedCidrs = pulumi.ToStringArray(canonical(args.AllowedCIDRs))
		listenerArgs.TimeoutClientData = pulumi.Int(idleTimeout)
		listenerArgs.TimeoutMemberData = pulumi.Int(idleTimeout)
	}
	listener, err := loadbalancer.NewListener(ctx, name+"-listener", listenerArgs, pulumi.Parent(o))
	if err != nil {
		return nil, fmt.Errorf("creating the listener of %q: %w", name, err)
	}
	pool, err := loadbalancer.NewPool(ctx, name+"-pool", &loadbalancer.PoolArgs{
		Name:       pulumi.String(name),
		ListenerId: listener.ID().ToStringOutput().ToStringPtrOutput(),
		Protocol:   pulumi.String("TCP"),
		LbMethod:   pulumi.String(method),
	}, pulumi.Parent(o))
	if err != nil {
		return nil, fmt.Errorf("creating the pool of %q: %w", name, err)
	}
	return pool, nil
}

// addMembers puts the API servers into the pool, and has them watched.
func (o *Octavia) addMembers(ctx *pulumi.Context, name string, args *OctaviaArgs, pool *loadbalancer.Pool) error {
	for _, host := range slices.Sorted(maps.Keys(args.Members)) {
		_, err := loadbalancer.NewMember(ctx, name+"-member-"+host, &loadbalancer.MemberArgs{
			Name:         pulumi.String(host),
			PoolId:       pool.ID(),
			Address:      args.Members[host],
			ProtocolPort: pulumi.Int(args.APIServerPort),
			SubnetId:     args.SubnetID.ToStringOutput().ToStringPtrOutput(),
		}, pulumi.Parent(o))
		if err != nil {
			return fmt.Errorf("adding member %s to %q: %w", host, name, err)
		}
	}
	monitorArgs := &loadbalancer.MonitorArgs{
		Name:           pulumi.String(name),
		PoolId:         pool.ID(),
		Type:           pulumi.String("TCP"),
		Delay:          pulumi.Int(checkInterval),
		Timeout:        pulumi.Int(checkTimeout),
		MaxRetries:     pulumi.Int(goodAnswers),
		MaxRetriesDown: pulumi.Int(badAnswers),
	}
	if args.Provider != providerOVN {
		monitorArgs.Type = pulumi.String("HTTPS")
		monitorArgs.HttpMethod = pulumi.String("GET")
		monitorArgs.UrlPath = pulumi.String("/readyz")
		monitorArgs.ExpectedCodes = pulumi.String("200")
	}
	if _, err := loadbalancer.NewMonitor(ctx, name+"-monitor", monitorArgs, pulumi.Parent(o)); err != nil {
		return fmt.Errorf("creating the health monitor of %q: %w", name, err)
	}
	return nil
}

// canonical spells ranges as Octavia lists them, each once and in the order of
// its database's key: after a refresh any other would look like a change.
func canonical(cidrs []netip.Prefix) []string {
	texts := make([]string, 0, len(cidrs))
	for _, cidr := range cidrs {
		texts = append(texts, cidr.Masked().String())
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}
