package main

// kind says how to find and delete what one resource type creates.
type kind struct {
	noun    string // for messages
	service string // key of services
	// list is where candidates are listed; {input} is an input of the resource.
	// An input named here identifies the object: without it there is no telling.
	// In this and in object, @user is the id of whoever is logged in.
	list string
	// key of the candidates in the list's answer.
	key string
	// object is a candidate's own address; {field} is a field of it.
	object string
	// parent is an input that the object's own address needs besides what it shows.
	parent string
	// id is how the state spells a candidate's id, from its fields. Default: id.
	id string
	// detach, if set, is put to with the object's id instead of deleting it.
	detach string
	fields []field
}

// field compares an input with a field of a candidate; dots lead into both.
type field struct {
	input, api string
	// always compares an input that was not given too: the field must be empty.
	always bool
}

func given(input, api string) field { return field{input: input, api: api} }
func same(input, api string) field  { return field{input: input, api: api, always: true} }

// unused demands that a field is empty, as it is before anything can refer to
// the object: nothing learned the id of an orphan.
func unused(api string) field { return field{api: api, always: true} }

var (
	name        = same("name", "name")
	description = given("description", "description")
	tags        = given("tags", "tags")
	metadata    = given("metadata", "metadata")
)

// routerPorts lists only a router's own ports on its subnets: one that Neutron
// adds for source NAT on a distributed router is not what the provider created.
const routerPorts = "ports?device_id={routerId}" +
	"&device_owner=network:router_interface" +
	"&device_owner=network:router_interface_distributed" +
	"&device_owner=network:ha_router_replicated_interface"

// kinds by resource type, in the order of deletion: what uses something goes
// before what it uses.
var kinds = []struct {
	resourceType string
	kind
}{
	{"openstack:compute/instance:Instance", kind{
		noun: "server", service: "compute",
		list: "servers/detail?name=%5E{name}%24", key: "servers", object: "servers/{id}", // Nova takes a regular expression
		fields: []field{name, given("flavorId", "flavor.id"), given("keyPair", "key_name"), metadata},
	}},
	{"openstack:compute/volumeAttach:VolumeAttach", kind{
		noun: "attachment", service: "compute",
		list: "servers/{instanceId}/os-volume_attachments", key: "volumeAttachments",
		object: "servers/{serverId}/os-volume_attachments/{volumeId}", id: "{serverId}/{volumeId}",
		fields: []field{same("instanceId", "serverId"), same("volumeId", "volumeId")},
	}},
	{"openstack:blockstorage/volume:Volume", kind{
		noun: "volume", service: "volume",
		list: "volumes/detail?name={name}", key: "volumes", object: "volumes/{id}",
		fields: []field{name, same("size", "size"), given("volumeType", "volume_type"), metadata, unused("attachments")},
	}},
	{"openstack:networking/floatingIp:FloatingIp", kind{
		noun: "floating IP", service: "network",
		list: "floatingips?description={description}", key: "floatingips", object: "floatingips/{id}",
		fields: []field{same("description", "description"), given("portId", "port_id"), tags},
	}},
	{"openstack:loadbalancer/monitor:Monitor", kind{
		noun: "health monitor", service: "load balancer",
		list: "lbaas/healthmonitors?name={name}", key: "healthmonitors", object: "lbaas/healthmonitors/{id}",
		fields: []field{name, given("type", "type"), same("poolId", "pools.0.id")},
	}},
	{"openstack:loadbalancer/member:Member", kind{
		noun: "member", service: "load balancer",
		list: "lbaas/pools/{poolId}/members?address={address}", key: "members", object: "lbaas/pools/{poolId}/members/{id}", parent: "poolId",
		fields: []field{name, same("address", "address"), same("protocolPort", "protocol_port"), given("subnetId", "subnet_id")},
	}},
	{"openstack:loadbalancer/pool:Pool", kind{
		noun: "pool", service: "load balancer",
		list: "lbaas/pools?name={name}", key: "pools", object: "lbaas/pools/{id}",
		fields: []field{name, given("protocol", "protocol"), given("listenerId", "listeners.0.id"), given("loadbalancerId", "loadbalancers.0.id"), unused("members")},
	}},
	{"openstack:loadbalancer/listener:Listener", kind{
		noun: "listener", service: "load balancer",
		list: "lbaas/listeners?name={name}", key: "listeners", object: "lbaas/listeners/{id}",
		fields: []field{name, given("protocol", "protocol"), same("protocolPort", "protocol_port"), same("loadbalancerId", "loadbalancers.0.id"), unused("default_pool_id")},
	}},
	{"openstack:loadbalancer/loadBalancer:LoadBalancer", kind{
		noun: "load balancer", service: "load balancer",
		list: "lbaas/loadbalancers?name={name}", key: "loadbalancers", object: "lbaas/loadbalancers/{id}",
		fields: []field{name, description, given("vipSubnetId", "vip_subnet_id"), unused("listeners")},
	}},
	{"openstack:networking/routerInterface:RouterInterface", kind{
		noun: "router interface", service: "network",
		list: routerPorts + "&fixed_ips=subnet_id%3D{subnetId}", key: "ports", object: "ports/{id}",
		detach: "routers/{device_id}/remove_router_interface",
		fields: []field{same("routerId", "device_id"), same("subnetId", "fixed_ips.0.subnet_id")},
	}},
	{"openstack:networking/router:Router", kind{
		noun: "router", service: "network",
		list: "routers?name={name}", key: "routers", object: "routers/{id}",
		fields: []field{name, description, given("externalNetworkId", "external_gateway_info.network_id"), tags},
	}},
	{"openstack:networking/port:Port", kind{
		noun: "port", service: "network",
		list: "ports?name={name}&network_id={networkId}", key: "ports", object: "ports/{id}",
		fields: []field{name, same("networkId", "network_id"), description,
			given("fixedIps.0.subnetId", "fixed_ips.0.subnet_id"), given("fixedIps.0.ipAddress", "fixed_ips.0.ip_address"),
			same("deviceId", "device_id"), tags},
	}},
	{"openstack:networking/subnet:Subnet", kind{
		noun: "subnet", service: "network",
		list: "subnets?name={name}&network_id={networkId}", key: "subnets", object: "subnets/{id}",
		fields: []field{name, same("networkId", "network_id"), given("cidr", "cidr"), description, tags},
	}},
	{"openstack:networking/network:Network", kind{
		noun: "network", service: "network",
		list: "networks?name={name}", key: "networks", object: "networks/{id}",
		fields: []field{name, description, tags, unused("subnets")},
	}},
	{"openstack:networking/secGroupRule:SecGroupRule", kind{
		noun: "security group rule", service: "network",
		list: "security-group-rules?security_group_id={securityGroupId}", key: "security_group_rules", object: "security-group-rules/{id}",
		fields: []field{same("securityGroupId", "security_group_id"), same("direction", "direction"), same("ethertype", "ethertype"),
			same("protocol", "protocol"), same("portRangeMin", "port_range_min"), same("portRangeMax", "port_range_max"),
			same("remoteGroupId", "remote_group_id"), same("remoteIpPrefix", "remote_ip_prefix"), same("description", "description")},
	}},
	{"openstack:networking/secGroup:SecGroup", kind{
		noun: "security group", service: "network",
		list: "security-groups?name={name}", key: "security_groups", object: "security-groups/{id}",
		fields: []field{name, description, tags},
	}},
	{"openstack:compute/serverGroup:ServerGroup", kind{
		noun: "server group", service: "compute",
		list: "os-server-groups", key: "server_groups", object: "os-server-groups/{id}",
		fields: []field{name, unused("members")},
	}},
	{"openstack:identity/applicationCredential:ApplicationCredential", kind{
		noun: "application credential", service: "identity",
		list: "users/@user/application_credentials?name={name}", key: "application_credentials", object: "users/@user/application_credentials/{id}",
		fields: []field{name, description},
	}},
	{"openstack:compute/keypair:Keypair", kind{
		noun: "keypair", service: "compute",
		list: "os-keypairs", key: "keypairs", object: "os-keypairs/{name}", id: "{name}",
		fields: []field{name, given("publicKey", "public_key")},
	}},
}

// repeatable are the types whose creation may be done twice: it sets something
// on an object that the state knows.
var repeatable = map[string]bool{
	"openstack:loadbalancer/members:Members":                           true,
	"openstack:networking/floatingIpAssociate:FloatingIpAssociate":     true,
	"openstack:networking/portSecGroupAssociate:PortSecGroupAssociate": true,
}

// repeatablePackages are the providers that keep nothing in the cloud (keys are
// in the state), or whose creation may be done twice (commands are written for
// it, Kubernetes applies).
var repeatablePackages = map[string]bool{"command": true, "kubernetes": true, "pulumi": true, "random": true, "tls": true}
