"""The first-time set-up that goes through the APIs; it can be repeated.

    python3 -m slipway_lab.setup catalog     services, endpoints, users, roles
    python3 -m slipway_lab.setup resources   flavors, image, network, zones
"""
import json
import subprocess
import sys
import time

import openstack

with open('/etc/slipway/setup.json', encoding='utf-8') as f:
    SETUP = json.load(f)
cloud = openstack.connect(load_yaml_config=False)


def catalog():
    identity = cloud.identity
    address = 'http://%s' % SETUP['address']
    services = {s.type: s for s in identity.services()}
    for kind, name, path in (
            ('image', 'glance', ':9292'),
            ('placement', 'placement', ':8778'),
            ('network', 'neutron', ':9696'),
            ('compute', 'nova', ':8774/v2.1'),
            ('volumev3', 'cinderv3', ':8776/v3/%(project_id)s'),
            ('block-storage', 'cinder', ':8776/v3/%(project_id)s'),
            ('load-balancer', 'octavia', ':9876'),
            ('dns', 'designate', ':9001')):
        service = services.get(kind) or identity.create_service(type=kind, name=name)
        have = {e.interface for e in identity.endpoints(service_id=service.id)}
        for interface in {'public', 'internal', 'admin'} - have:
            identity.create_endpoint(
                service_id=service.id, interface=interface, url=address + path,
                region_id=SETUP['region'])
    roles = {
        name: identity.find_role(name) or identity.create_role(name=name)
        for name in ('admin', 'member', 'reader', 'service', 'creator',
                     'load-balancer_member', 'load-balancer_admin')}
    projects = {
        name: identity.find_project(name) or identity.create_project(name=name, domain_id='default')
        for name in ('admin', 'service', SETUP['project'])}

    def grant(user, project, *names):
        for name in names:
            identity.assign_project_role_to_user(projects[project], user, roles[name])

    for name in ('glance', 'placement', 'neutron', 'nova', 'cinder', 'octavia', 'designate'):
        grant(ensure_user(name, 'service', SETUP['service_password']), 'service', 'admin', 'service')
    user = ensure_user(SETUP['user'], SETUP['project'], SETUP['user_password'])
    grant(user, SETUP['project'], 'member', 'reader', 'creator', 'load-balancer_member')
    admin = identity.find_user('admin')
    grant(admin, 'admin', 'load-balancer_admin')
    grant(admin, SETUP['project'], 'admin')


def ensure_user(name, project, password):
    identity = cloud.identity
    return identity.find_user(name) or identity.create_user(
        name=name, password=password, domain_id='default',
        default_project_id=identity.find_project(project).id)


def resources():
    for flavor in SETUP['flavors']:
        if not cloud.compute.find_flavor(flavor['name']):
            cloud.compute.create_flavor(is_public=True, **flavor)
    image()
    external_network()
    if not any(t.name == 'lab' for t in cloud.block_storage.types()):
        cloud.block_storage.create_type(name='lab', is_public=True)
    availability_zones()


def image():
    name = SETUP['image']
    if cloud.image.find_image(name):
        return
    # The lab's machines stand on a root filesystem of their own: what Nova
    # gets is a name to refer to.
    cloud.create_image(
        name, data=b'the root filesystem is not here', disk_format='raw', container_format='bare',
        visibility='public', min_disk=1, min_ram=256, wait=True,
        os_distro='debian', os_version='12')


def external_network():
    network = cloud.network.find_network('external') or cloud.network.create_network(
        name='external', is_router_external=True, is_shared=False,
        provider_network_type='flat', provider_physical_network='external')
    if not cloud.network.find_subnet('external'):
        cloud.network.create_subnet(
            name='external', network_id=network.id, ip_version=4,
            cidr=SETUP['external_cidr'], gateway_ip=SETUP['external_gateway'],
            is_dhcp_enabled=False, allocation_pools=[SETUP['external_pool']])


def availability_zones():
    wait_for_hosts(sum(SETUP['zones'].values(), []))
    subprocess.run(
        ['nova-manage', '--config-file', '/etc/slipway/nova.conf',
         '--config-file', '/etc/slipway/nova-database.conf', 'cell_v2', 'discover_hosts'],
        check=True)
    for zone, hosts in SETUP['zones'].items():
        aggregate = cloud.compute.find_aggregate(zone) or cloud.compute.create_aggregate(
            name=zone, availability_zone=zone)
        for host in set(hosts) - set(aggregate.hosts or []):
            cloud.compute.add_host_to_aggregate(aggregate, host)


def wait_for_hosts(hosts):
    deadline = time.monotonic() + 300
    while True:
        up = {s.host for s in cloud.compute.services(binary='nova-compute') if s.state == 'up'}
        if up.issuperset(hosts):
            return
        if time.monotonic() > deadline:
            sys.exit('compute hosts that do not come up: %s' % sorted(set(hosts) - up))
        time.sleep(1)


if __name__ == '__main__':
    {'catalog': catalog, 'resources': resources}[sys.argv[1]]()
