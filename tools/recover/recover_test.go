package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// stackBorn is when the stack in the exports was created.
const stackBorn = "2026-03-01T12:00:00Z"

// stateWritten is when the interrupted update in the exports last wrote its state.
var stateWritten = time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC)

func operationOf(status, resourceType, name string, inputs object) object {
	return object{"type": status, "resource": object{
		"urn": "urn:pulumi:dev::slipway::" + resourceType + "::" + name, "custom": true, "type": resourceType, "inputs": inputs,
	}}
}

// export is what `pulumi stack export` says of a stack that holds these ids.
func export(t *testing.T, ids []string, pending ...object) []byte {
	t.Helper()
	resources := []object{
		{"urn": "urn:pulumi:dev::slipway::pulumi:pulumi:Stack::slipway-dev", "type": "pulumi:pulumi:Stack", "created": stackBorn},
		{"urn": "urn:pulumi:dev::slipway::pulumi:providers:openstack::default", "type": "pulumi:providers:openstack", "id": "p", "inputs": object{"cloud": "fake"}},
	}
	for _, id := range ids {
		resources = append(resources, object{"urn": "urn:pulumi:dev::slipway::x::" + id, "type": "x", "id": id})
	}
	out, err := encode(object{"version": 4, "features": []string{"f"}, "deployment": object{
		"manifest": object{"magic": "<&>", "time": stateWritten}, "resources": resources, "pending_operations": pending,
	}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// runOn runs the command and returns what it said and wrote.
func runOn(t *testing.T, f *fakeCloud, r recovery, in []byte) (said string, out []byte, err error) {
	t.Helper()
	pollInterval = time.Millisecond
	f.start(t)
	var log, written bytes.Buffer
	r.log = &log
	err = r.run(context.Background(), bytes.NewReader(in), &written)
	return log.String(), written.Bytes(), err
}

// leftover is what an interrupted creation of one type left.
type leftover struct {
	resourceType, collection string
	inputs, left             object
	differ                   []object // fields by which other objects differ from it
	call, said               string
	stateID                  string // what the state would call it; default: orphan
}

var leftovers = []leftover{
	{
		resourceType: "openstack:compute/instance:Instance", collection: "/compute/v2.1/servers/detail",
		inputs: object{"name": "dev-cp1", "flavorId": "f1", "keyPair": "dev-ssh", "userData": secret(), "metadata": object{"cluster": "dev"}},
		left:   object{"name": "dev-cp1", "status": "BUILD", "flavor": object{"id": "f1"}, "key_name": "dev-ssh", "metadata": object{"cluster": "dev"}},
		differ: []object{{"name": "dev-cp10"}, {"flavor": object{"id": "f2"}}, {"key_name": "other"}, {"metadata": object{"cluster": "prod"}}},
		call:   "/compute/v2.1/servers/orphan", said: "deleted server dev-cp1 (orphan), left by an interrupted update",
	},
	{
		resourceType: "openstack:compute/volumeAttach:VolumeAttach", collection: "/compute/v2.1/servers/server-1/os-volume_attachments",
		inputs: object{"instanceId": "server-1", "volumeId": "orphan"},
		left:   object{"serverId": "server-1", "volumeId": "orphan"},
		differ: []object{{"volumeId": "volume-2"}},
		call:   "/compute/v2.1/servers/server-1/os-volume_attachments/orphan", said: "deleted attachment server-1/orphan, left by an interrupted update",
		stateID: "server-1/orphan",
	},
	{
		resourceType: "openstack:blockstorage/volume:Volume", collection: "/volume/v3/volumes/detail",
		inputs: object{"name": "dev-cp1-containers", "size": 25, "metadata": object{"cluster": "dev"}},
		left:   object{"name": "dev-cp1-containers", "size": 25, "attachments": []any{}, "metadata": object{"cluster": "dev", "added": "by Cinder"}},
		differ: []object{{"name": "x"}, {"size": 26}, {"attachments": []any{object{"id": "a"}}}, {"metadata": object{}}},
		call:   "/volume/v3/volumes/orphan", said: "deleted volume dev-cp1-containers (orphan), left by an interrupted update",
	},
	{
		resourceType: "openstack:networking/floatingIp:FloatingIp", collection: "/network/v2.0/floatingips",
		inputs: object{"pool": "external", "description": "SSH to dev", "portId": "port-1", "tags": []string{"cluster=dev"}},
		left:   object{"description": "SSH to dev", "port_id": "port-1", "tags": []any{}},
		differ: []object{{"description": ""}, {"port_id": nil}, {"tags": []any{"cluster=prod"}}},
		call:   "/network/v2.0/floatingips/orphan", said: "deleted floating IP SSH to dev (orphan), left by an interrupted update",
	},
	{
		resourceType: "openstack:loadbalancer/monitor:Monitor", collection: "/load-balancer/v2.0/lbaas/healthmonitors",
		inputs: object{"name": "dev-api", "type": "HTTPS", "poolId": "pool-1", "delay": 5},
		left:   object{"name": "dev-api", "type": "HTTPS", "pools": []any{object{"id": "pool-1"}}},
		differ: []object{{"name": "x"}, {"type": "TCP"}, {"pools": []any{object{"id": "pool-2"}}}},
		call:   "/load-balancer/v2.0/lbaas/healthmonitors/orphan", said: "deleted health monitor dev-api (orphan), left by an interrupted update",
	},
	{
		resourceType: "openstack:loadbalancer/member:Member", collection: "/load-balancer/v2.0/lbaas/pools/pool-1/members",
		inputs: object{"name": "dev-cp1", "poolId": "pool-1", "address": "10.0.0.5", "protocolPort": 6443, "subnetId": "subnet-1"},
		left:   object{"name": "dev-cp1", "address": "10.0.0.5", "protocol_port": 6443, "subnet_id": "subnet-1"},
		differ: []object{{"name": "x"}, {"address": "10.0.0.6"}, {"protocol_port": 443}, {"subnet_id": "subnet-2"}},
		call:   "/load-balancer/v2.0/lbaas/pools/pool-1/members/orphan", said: "deleted member dev-cp1 (orphan), left by an interrupted update",
	},
	{
		resourceType: "openstack:loadbalancer/pool:Pool", collection: "/load-balancer/v2.0/lbaas/pools",
		inputs: object{"name": "dev-api", "protocol": "TCP", "listenerId": "listener-1"},
		left:   object{"name": "dev-api", "protocol": "TCP", "listeners": []any{object{"id": "listener-1"}}, "members": []any{}},
		differ: []object{{"name": "x"}, {"protocol": "HTTP"}, {"listeners": []any{object{"id": "listener-2"}}}, {"members": []any{object{"id": "m"}}}},
		call:   "/load-balancer/v2.0/lbaas/pools/orphan", said: "deleted pool dev-api (orphan), left by an interrupted update",
	},
	{
		resourceType: "openstack:loadbalancer/listener:Listener", collection: "/load-balancer/v2.0/lbaas/listeners",
		inputs: object{"name": "dev-api", "protocol": "TCP", "protocolPort": 6443, "loadbalancerId": "balancer-1"},
		left:   object{"name": "dev-api", "protocol": "TCP", "protocol_port": 6443, "loadbalancers": []any{object{"id": "balancer-1"}}, "default_pool_id": nil},
		differ: []object{{"name": "x"}, {"protocol": "HTTP"}, {"protocol_port": 443}, {"loadbalancers": []any{object{"id": "balancer-2"}}}, {"default_pool_id": "pool-1"}},
		call:   "/load-balancer/v2.0/lbaas/listeners/orphan", said: "deleted listener dev-api (orphan), left by an interrupted update",
	},
	{
		resourceType: "openstack:loadbalancer/loadBalancer:LoadBalancer", collection: "/load-balancer/v2.0/lbaas/loadbalancers",
		inputs: object{"name": "dev-api", "description": "The API of dev", "vipSubnetId": "subnet-1"},
		left:   object{"name": "dev-api", "description": "The API of dev", "vip_subnet_id": "subnet-1", "listeners": []any{}},
		differ: []object{{"name": "x"}, {"description": ""}, {"vip_subnet_id": "subnet-2"}, {"listeners": []any{object{"id": "l"}}}},
		call:   "/load-balancer/v2.0/lbaas/loadbalancers/orphan", said: "deleted load balancer dev-api (orphan), left by an interrupted update",
	},
	{
		resourceType: "openstack:networking/routerInterface:RouterInterface", collection: "/network/v2.0/ports",
		inputs: object{"routerId": "router-1", "subnetId": "subnet-1"},
		left:   object{"name": "", "device_id": "router-1", "fixed_ips": []any{object{"subnet_id": "subnet-1"}}},
		differ: []object{{"device_id": "router-2"}, {"fixed_ips": []any{object{"subnet_id": "subnet-2"}}}},
		call:   "/network/v2.0/routers/router-1/remove_router_interface", said: "deleted router interface orphan, left by an interrupted update",
	},
	{
		resourceType: "openstack:networking/router:Router", collection: "/network/v2.0/routers",
		inputs: object{"name": "dev-router", "externalNetworkId": "net-1"},
		left:   object{"name": "dev-router", "external_gateway_info": object{"network_id": "net-1"}},
		differ: []object{{"name": "x"}, {"external_gateway_info": nil}},
		call:   "/network/v2.0/routers/orphan", said: "deleted router dev-router (orphan), left by an interrupted update",
	},
	{
		resourceType: "openstack:networking/port:Port", collection: "/network/v2.0/ports",
		inputs: object{"name": "dev-cp1", "networkId": "net-1", "fixedIps": []object{{"subnetId": "subnet-1", "ipAddress": "10.0.0.5"}}},
		left:   object{"name": "dev-cp1", "network_id": "net-1", "device_id": "", "fixed_ips": []any{object{"subnet_id": "subnet-1", "ip_address": "10.0.0.5"}}},
		differ: []object{{"name": "x"}, {"network_id": "net-2"}, {"device_id": "server-1"}, {"fixed_ips": []any{object{"subnet_id": "subnet-1", "ip_address": "10.0.0.6"}}}},
		call:   "/network/v2.0/ports/orphan", said: "deleted port dev-cp1 (orphan), left by an interrupted update",
	},
	{
		resourceType: "openstack:networking/subnet:Subnet", collection: "/network/v2.0/subnets",
		inputs: object{"name": "dev-subnet", "networkId": "net-1", "cidr": "10.0.0.0/16"},
		left:   object{"name": "dev-subnet", "network_id": "net-1", "cidr": "10.0.0.0/16"},
		differ: []object{{"name": "x"}, {"network_id": "net-2"}, {"cidr": "10.1.0.0/16"}},
		call:   "/network/v2.0/subnets/orphan", said: "deleted subnet dev-subnet (orphan), left by an interrupted update",
	},
	{
		resourceType: "openstack:networking/network:Network", collection: "/network/v2.0/networks",
		inputs: object{"name": "dev-network", "tags": []string{"cluster=dev"}},
		left:   object{"name": "dev-network", "subnets": []any{}, "tags": []any{"cluster=dev"}},
		differ: []object{{"name": "x"}, {"subnets": []any{"subnet-1"}}, {"tags": []any{"cluster=prod"}}},
		call:   "/network/v2.0/networks/orphan", said: "deleted network dev-network (orphan), left by an interrupted update",
	},
	{
		resourceType: "openstack:networking/secGroupRule:SecGroupRule", collection: "/network/v2.0/security-group-rules",
		inputs: object{"securityGroupId": "g1", "description": "etcd", "direction": "ingress", "ethertype": "IPv4", "protocol": "tcp", "portRangeMin": 2379, "portRangeMax": 2380, "remoteGroupId": "g2"},
		left:   object{"security_group_id": "g1", "description": "etcd", "direction": "ingress", "ethertype": "IPv4", "protocol": "tcp", "port_range_min": 2379, "port_range_max": 2380, "remote_group_id": "g2", "remote_ip_prefix": nil},
		differ: []object{{"security_group_id": "g3"}, {"description": ""}, {"direction": "egress"}, {"ethertype": "IPv6"}, {"protocol": "udp"}, {"port_range_min": 2378}, {"port_range_max": 2381}, {"remote_group_id": nil}, {"remote_ip_prefix": "10.0.0.0/8"}},
		call:   "/network/v2.0/security-group-rules/orphan", said: "deleted security group rule etcd (orphan), left by an interrupted update",
	},
	{
		resourceType: "openstack:networking/secGroup:SecGroup", collection: "/network/v2.0/security-groups",
		inputs: object{"name": "dev-node", "description": "Every node"},
		left:   object{"name": "dev-node", "description": "Every node"},
		differ: []object{{"name": "x"}, {"description": "mine"}},
		call:   "/network/v2.0/security-groups/orphan", said: "deleted security group dev-node (orphan), left by an interrupted update",
	},
	{
		resourceType: "openstack:compute/serverGroup:ServerGroup", collection: "/compute/v2.1/os-server-groups",
		inputs: object{"name": "dev-controlplane", "policies": "anti-affinity"},
		left:   object{"name": "dev-controlplane", "members": []any{}},
		differ: []object{{"name": "x"}, {"members": []any{"server-1"}}},
		call:   "/compute/v2.1/os-server-groups/orphan", said: "deleted server group dev-controlplane (orphan), left by an interrupted update",
	},
	{
		resourceType: "openstack:identity/applicationCredential:ApplicationCredential", collection: "/v3/users/user-1/application_credentials",
		inputs: object{"name": "dev-cloud-controller-1", "description": "Cloud controller manager of the cluster dev", "roles": []string{"member"}},
		left:   object{"name": "dev-cloud-controller-1", "description": "Cloud controller manager of the cluster dev"},
		differ: []object{{"name": "x"}, {"description": "somebody's"}},
		call:   "/v3/users/user-1/application_credentials/orphan", said: "deleted application credential dev-cloud-controller-1 (orphan), left by an interrupted update",
	},
	{
		resourceType: "openstack:compute/keypair:Keypair", collection: "/compute/v2.1/os-keypairs",
		inputs: object{"name": "orphan", "publicKey": "ssh-ed25519 A"},
		left:   object{"name": "orphan", "public_key": "ssh-ed25519 A\n"},
		differ: []object{{"public_key": "ssh-ed25519 B"}},
		call:   "/compute/v2.1/os-keypairs/orphan", said: "deleted keypair orphan, left by an interrupted update",
	},
}

func secret() object {
	return object{secretKey: secretMark, "ciphertext": "v1:abc"}
}

// with is the object with some fields replaced.
func with(o object, fields ...object) object {
	out := object{}
	for _, m := range append([]object{o}, fields...) {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

// operation is the interrupted creation, under the name "it".
func (l leftover) operation() object { return operationOf("creating", l.resourceType, "it", l.inputs) }

// cloud holds what was left and what looks much like it.
func (l leftover) cloud() *fakeCloud {
	objects := []object{with(l.left, object{"id": "orphan"})}
	for i, d := range l.differ {
		objects = append(objects, with(l.left, object{"id": fmt.Sprint("other-", i)}, d))
	}
	return &fakeCloud{objects: map[string][]object{l.collection: objects}}
}

func TestEveryKindHasACase(t *testing.T) {
	for _, k := range kinds {
		if !slices.ContainsFunc(leftovers, func(l leftover) bool { return l.resourceType == k.resourceType }) {
			t.Errorf("no case for %s", k.resourceType)
		}
	}
}

func TestDeletesOnlyWhatWasLeft(t *testing.T) {
	for _, l := range leftovers {
		t.Run(l.resourceType, func(t *testing.T) {
			f := l.cloud()
			said, out, err := runOn(t, f, recovery{}, export(t, []string{"other"}, l.operation()))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(f.calls, []string{l.call}) {
				t.Errorf("changed %q, want %q", f.calls, l.call)
			}
			if said != l.said+"\n" {
				t.Errorf("said %q, want %q", said, l.said)
			}
			if !bytes.Contains(out, []byte(`"magic":"<&>"`)) {
				t.Errorf("escaped what Pulumi leaves as it is: %s", out)
			}
			if want := export(t, []string{"other"}); !sameJSON(t, out, bytes.Replace(want, []byte(`"pending_operations":null,`), nil, 1)) {
				t.Errorf("wrote %s", out)
			}
		})
	}
}

func TestLeavesWhatTheStateHolds(t *testing.T) {
	for _, l := range leftovers {
		t.Run(l.resourceType, func(t *testing.T) {
			f := l.cloud()
			said, _, err := runOn(t, f, recovery{}, export(t, []string{cmp.Or(l.stateID, "orphan")}, l.operation()))
			if err != nil || len(f.calls) > 0 {
				t.Fatalf("changed %q, error %v", f.calls, err)
			}
			if !strings.HasSuffix(said, "it was interrupted and left nothing; the step runs again\n") {
				t.Errorf("said %q", said)
			}
		})
	}
}

func TestRefusesToChoose(t *testing.T) {
	for _, l := range leftovers {
		t.Run(l.resourceType, func(t *testing.T) {
			f := l.cloud()
			f.objects[l.collection] = append(f.objects[l.collection], with(l.left, object{"id": "twin"}))
			said, out, err := runOn(t, f, recovery{}, export(t, nil, l.operation()))
			if !errors.Is(err, errAmbiguous) || strings.Count(err.Error(), " may be it") != 2 {
				t.Errorf("error %v, said %q", err, said)
			}
			if len(f.calls) > 0 || len(out) > 0 {
				t.Errorf("changed %q, wrote %q", f.calls, out)
			}
		})
	}
}

func TestLeavesWhatIsOlderThanTheStack(t *testing.T) {
	for _, stamp := range []object{
		{"created_at": "2026-03-01T11:00:00Z"},
		{"created": "2026-03-01T11:00:00Z"},
		{"created_at": "2026-03-01T11:00:00.000000"},
	} {
		l := leftovers[0]
		f := l.cloud()
		f.objects[l.collection][0] = with(l.left, object{"id": "orphan"}, stamp)
		if _, _, err := runOn(t, f, recovery{}, export(t, nil, l.operation())); err != nil || len(f.calls) > 0 {
			t.Errorf("%v: changed %q, error %v", stamp, f.calls, err)
		}
	}
}

func TestDeletesUsersBeforeWhatTheyUse(t *testing.T) {
	f := &fakeCloud{objects: map[string][]object{}}
	var pending []object
	var want []string
	for _, l := range leftovers {
		if l.resourceType == "openstack:networking/port:Port" {
			continue // shares its collection and its id with the router interface
		}
		f.objects[l.collection] = []object{with(l.left, object{"id": "orphan"})}
		pending = append([]object{l.operation()}, pending...)
		want = append(want, l.call)
	}
	if _, _, err := runOn(t, f, recovery{}, export(t, nil, pending...)); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(f.calls, want) {
		t.Errorf("changed %q\nwant %q", f.calls, want)
	}
}

func TestTriesAgainWhatIsBusy(t *testing.T) {
	l := leftovers[2]
	f := l.cloud()
	f.refuse = map[string]int{"orphan": 3}
	if _, _, err := runOn(t, f, recovery{}, export(t, nil, l.operation())); err != nil || len(f.calls) != 1 {
		t.Errorf("changed %q, error %v", f.calls, err)
	}
}

func TestWaitsUntilItIsGone(t *testing.T) {
	l := leftovers[0]
	f := l.cloud()
	f.linger = map[string]int{"orphan": 3}
	if _, _, err := runOn(t, f, recovery{}, export(t, nil, l.operation())); err != nil || f.linger["orphan"] != 0 || len(f.calls) != 1 {
		t.Errorf("%d looks short, changed %q, error %v", f.linger["orphan"], f.calls, err)
	}
}

// Regression: the request that was on its way when the update was killed is
// answered after the first look.
func TestFindsWhatAppearsLate(t *testing.T) {
	l := leftovers[0]
	f := l.cloud()
	f.hidden = map[string]int{"orphan": 1}
	if _, _, err := runOn(t, f, recovery{settle: time.Since(stateWritten) + time.Minute}, export(t, nil, l.operation())); err != nil || len(f.calls) != 1 {
		t.Errorf("changed %q, error %v", f.calls, err)
	}
}

// Regression: nobody waits for the requests of an update that died long ago.
func TestDoesNotWaitForOldRequests(t *testing.T) {
	start := time.Now()
	said, _, err := runOn(t, &fakeCloud{}, recovery{settle: time.Minute}, export(t, nil, leftovers[0].operation()))
	if err != nil || time.Since(start) > 10*time.Second || !strings.Contains(said, "left nothing; the step runs again") {
		t.Errorf("error %v after %s, said %s", err, time.Since(start), said)
	}
}

func TestDryRunChangesNothing(t *testing.T) {
	l := leftovers[0]
	f := l.cloud()
	in := export(t, nil, l.operation())
	said, out, err := runOn(t, f, recovery{dryRun: true}, in)
	if err != nil || len(f.calls) > 0 || !bytes.Equal(in, out) {
		t.Errorf("changed %q, error %v, wrote %s", f.calls, err, out)
	}
	if want := "would delete server dev-cp1 (orphan), left by an interrupted update\n"; said != want {
		t.Errorf("said %q, want %q", said, want)
	}
}

func TestOtherInputThatIsSecret(t *testing.T) {
	l := leftovers[0]
	l.inputs = with(l.inputs, object{"flavorId": secret()})
	f := &fakeCloud{objects: map[string][]object{l.collection: {with(l.left, object{"id": "orphan"})}}}
	if _, _, err := runOn(t, f, recovery{}, export(t, nil, l.operation())); err != nil || len(f.calls) != 1 {
		t.Errorf("changed %q, error %v", f.calls, err)
	}
}

func TestIdentifyingInputThatIsSecret(t *testing.T) {
	l := leftovers[0]
	l.inputs = with(l.inputs, object{"name": secret()})
	f := l.cloud()
	_, out, err := runOn(t, f, recovery{}, export(t, nil, l.operation()))
	const want = "looking for server of it: its name is secret or not set, so there is no telling which one it is"
	if err == nil || err.Error() != want || len(f.calls)+len(out) > 0 {
		t.Errorf("error %v, changed %q", err, f.calls)
	}
}

func TestStepsThatRunAgain(t *testing.T) {
	component := operationOf("creating", "slipway:index:Flannel", "f", nil)
	component["resource"].(object)["custom"] = false
	in := export(t, nil,
		operationOf("deleting", "openstack:compute/instance:Instance", "a", nil),
		operationOf("updating", "openstack:unheard/of:Of", "b", nil),
		operationOf("creating", "command:remote:Command", "c", nil),
		operationOf("creating", "tls:index/privateKey:PrivateKey", "d", nil),
		operationOf("creating", "openstack:networking/floatingIpAssociate:FloatingIpAssociate", "e", nil),
		component,
	)
	var log, out bytes.Buffer
	// No cloud is there: none of these needs one.
	if err := (recovery{log: &log}).run(context.Background(), bytes.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	want := ""
	for _, step := range []string{"deleting a", "updating b", "creating c", "creating d", "creating e", "creating f"} {
		want += step + " was interrupted; the step runs again\n"
	}
	if log.String() != want || bytes.Contains(out.Bytes(), []byte("pending_operations")) {
		t.Errorf("said %q, wrote %s", log.String(), out.Bytes())
	}
}

func TestUnknownTypesLoseNothing(t *testing.T) {
	l := leftovers[0]
	f := l.cloud()
	in := export(t, nil, l.operation(), operationOf("creating", "openstack:dns/zone:Zone", "zone", nil), operationOf("creating", "aws:s3:Bucket", "b", nil))
	_, out, err := runOn(t, f, recovery{}, in)
	if !errors.Is(err, errUnknownType) || !strings.Contains(err.Error(), "openstack:dns/zone:Zone zone") || !strings.Contains(err.Error(), "aws:s3:Bucket b") {
		t.Errorf("error %v", err)
	}
	if len(f.calls)+len(out) > 0 {
		t.Errorf("changed %q, wrote %q", f.calls, out)
	}
}

func TestNothingPendingPassesThrough(t *testing.T) {
	in := []byte("{\n  \"version\": 3,\n \"deployment\": {\"resources\": [ ]}}\n\n")
	var out bytes.Buffer
	if err := (recovery{}).run(context.Background(), bytes.NewReader(in), &out); err != nil || !bytes.Equal(out.Bytes(), in) {
		t.Errorf("error %v, wrote %q", err, out.Bytes())
	}
}

func TestRefusesOtherVersions(t *testing.T) {
	for _, in := range []string{`{"version":2,"deployment":{}}`, `{"version":5,"deployment":{}}`, `{}`, `not json`} {
		var out bytes.Buffer
		if err := (recovery{}).run(context.Background(), strings.NewReader(in), &out); err == nil || out.Len() > 0 {
			t.Errorf("%s: error %v, wrote %q", in, err, out.Bytes())
		}
	}
}

func TestListsOnlyTheProjectAtHand(t *testing.T) {
	for _, l := range leftovers {
		f := l.cloud()
		if _, _, err := runOn(t, f, recovery{}, export(t, nil, l.operation())); err != nil {
			t.Fatal(err)
		}
		keepsApart := strings.HasPrefix(f.queries[0], "/compute/") || strings.HasPrefix(f.queries[0], "/volume/") || // by themselves
			strings.HasPrefix(f.queries[0], "/v3/users/"+fakeUser+"/") // a name is a user's once
		if !keepsApart && !strings.Contains(f.queries[0], "project_id="+fakeProject) {
			t.Errorf("%s lists %s", l.resourceType, f.queries[0])
		}
	}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	if err := errors.Join(json.Unmarshal(a, &x), json.Unmarshal(b, &y)); err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(x, y)
}
