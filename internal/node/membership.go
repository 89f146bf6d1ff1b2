package node

import (
	"net"
	"strconv"

	"slipway/internal/bootstrap"
	"slipway/internal/pki"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Membership is what a node has to know to be a member of its cluster. Secret.
type Membership struct {
	// Internal is the host at which nodes reach the API, External the one for
	// clients outside the network.
	Internal, External string
	// Port of the API at both.
	Port int
	// ControlPlanes maps the host names of control planes to their addresses.
	// Only control planes know it.
	ControlPlanes map[string]string
	// Etcd maps the host names of dedicated etcd members to their addresses.
	// Empty: etcd runs on the control planes. Workers do not know it.
	Etcd map[string]string
	// CACert is the cluster's authority, in PEM.
	CACert string
	// Token lets nodes join.
	Token string
	// Keys are what only control planes hold, else nil.
	Keys *bootstrap.Keys
}

// caHash pins the authority of the cluster.
func (m Membership) caHash() (string, error) { return pki.CACertHash(m.CACert) }

// MembershipOutput is a Membership that is known once its keys exist.
type MembershipOutput struct{ pulumi.Output }

// NewMembership wraps an output whose value is a Membership, and marks it secret.
func NewMembership(output pulumi.Output) MembershipOutput {
	return MembershipOutput{pulumi.ToSecret(output)}
}

// ForWorkers is the membership without the keys that stay on control planes.
func (o MembershipOutput) ForWorkers() MembershipOutput {
	return NewMembership(o.ApplyT(func(v any) Membership {
		m := v.(Membership)
		m.Keys, m.ControlPlanes, m.Etcd = nil, nil, nil
		return m
	}))
}

// ForEtcd is the membership of a dedicated etcd member, with etcd's keys alone.
func (o MembershipOutput) ForEtcd() MembershipOutput {
	return NewMembership(o.ApplyT(func(v any) Membership {
		m := v.(Membership)
		m.Keys, m.ControlPlanes = m.Keys.ForEtcd(), nil
		return m
	}))
}

// endpoint is the host:port at which nodes reach the API.
func (m Membership) endpoint() string { return net.JoinHostPort(m.Internal, strconv.Itoa(m.Port)) }
