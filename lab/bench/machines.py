"""The machines of ha.sh by plain calls of the cloud's APIs.

    python3 - up PUBLIC_KEY     makes them; prints a line per machine: name, floating IP
    python3 - down              deletes what there is of them
"""
import sys

import openstack

NAME = 'bench'
CIDR, VIP = '10.20.0.0/24', '10.20.0.100'
CONTROL_PLANES = {'cp1': '10.20.0.11', 'cp2': '10.20.0.12', 'cp3': '10.20.0.13'}
WORKERS = {'w1': '10.20.0.21', 'w2': '10.20.0.22'}
ZONES = ('az1', 'az2')

cloud = openstack.connect(load_yaml_config=False)


def up(public_key):
    external = cloud.network.find_network('external')
    network = cloud.network.create_network(name=NAME)
    subnet = cloud.network.create_subnet(name=NAME, network_id=network.id, ip_version=4, cidr=CIDR)
    router = cloud.network.create_router(name=NAME, external_gateway_info={'network_id': external.id})
    cloud.network.add_interface_to_router(router, subnet_id=subnet.id)
    group = cloud.network.create_security_group(name=NAME)
    for source in ({'remote_group_id': group.id}, {'remote_ip_prefix': '10.79.0.0/24'}):
        cloud.network.create_security_group_rule(security_group_id=group.id, direction='ingress', ethertype='IPv4', **source)
    cloud.compute.create_keypair(name=NAME, public_key=public_key)
    image = cloud.image.find_image('debian-12')

    def port(name, address, **more):
        return cloud.network.create_port(
            name='%s-%s' % (NAME, name), network_id=network.id, security_groups=[group.id],
            fixed_ips=[{'subnet_id': subnet.id, 'ip_address': address}], **more)

    def server(name, flavor, its_port):
        cloud.compute.create_server(
            name='%s-%s' % (NAME, name), image_id=image.id, flavor_id=flavor.id, key_name=NAME,
            networks=[{'port': its_port.id}], availability_zone=ZONES[(int(name[-1]) - 1) % len(ZONES)])

    port('vip', VIP)
    ports = {}
    for names, flavor, more in (
            (CONTROL_PLANES, 'slipway.controlplane', {'allowed_address_pairs': [{'ip_address': VIP}]}),
            (WORKERS, 'slipway.worker', {})):
        flavor = cloud.compute.find_flavor(flavor)
        for name, address in names.items():
            ports[name] = port(name, address, **more)
            server(name, flavor, ports[name])
    for name, its_port in ports.items():
        floating = cloud.network.create_ip(floating_network_id=external.id, port_id=its_port.id, description=NAME)
        print(name, floating.floating_ip_address, flush=True)


def down():
    network, router = cloud.network.find_network(NAME), cloud.network.find_router(NAME)
    for floating in cloud.network.ips(description=NAME):
        cloud.network.delete_ip(floating)
    servers = [s for s in cloud.compute.servers() if s.name.startswith(NAME + '-')]
    for server in servers:
        cloud.compute.delete_server(server)
    for server in servers:
        cloud.compute.wait_for_delete(server)
    if network:
        for port in cloud.network.ports(network_id=network.id):
            if port.name.startswith(NAME + '-'):
                cloud.network.delete_port(port)
    if router:
        for port in cloud.network.ports(device_id=router.id, device_owner='network:router_interface'):
            cloud.network.remove_interface_from_router(router, port_id=port.id)
        cloud.network.delete_router(router)
    if network:
        cloud.network.delete_network(network)
    group = cloud.network.find_security_group(NAME)
    if group:
        cloud.network.delete_security_group(group)
    cloud.compute.delete_keypair(NAME, ignore_missing=True)


if __name__ == '__main__':
    {'up': up, 'down': down}[sys.argv[1]](*sys.argv[2:])
