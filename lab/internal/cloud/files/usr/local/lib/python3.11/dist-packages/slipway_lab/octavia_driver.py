"""Octavia without amphorae: the VIP is a real Neutron port, so that addresses,
floating IPs and clean-up behave; what would plug an amphora does nothing."""
from oslo_config import cfg

from octavia.network import base
from octavia.network import data_models
from octavia.network.drivers.neutron import allowed_address_pairs as neutron
from octavia.network.drivers.noop_driver import driver as noop


class LabNetworkDriver(neutron.AllowedAddressPairsDriver):

    def __init__(self):
        super().__init__()
        self._noop = noop.NoopManager()

    def deallocate_vip(self, vip):
        try:
            port = super().get_port(vip.port_id)
        except base.PortNotFound:
            return
        if port.device_owner == neutron.OCTAVIA_OWNER:
            self.neutron_client.delete_port(vip.port_id)

    # A member makes Octavia compare the networks that an amphora should have with
    # those it has: none, and each one plugged is a port with the network's id.

    def get_network(self, network_id, context=None):
        if network_id in cfg.CONF.controller_worker.amp_boot_network_list:
            return data_models.Network(id=network_id, subnets=[])
        return super().get_network(network_id, context=context)

    def get_plugged_networks(self, compute_id):
        return []

    def plug_network(self, compute_id, network_id):
        return data_models.Interface(compute_id=compute_id, network_id=network_id, port_id=network_id)

    def get_port(self, port_id, context=None):
        try:
            return super().get_port(port_id, context=context)
        except base.PortNotFound:
            return data_models.Port(id=port_id, network_id=port_id)

    def plug_fixed_ip(self, port_id, subnet_id, ip_address=None):
        return data_models.Port(id=port_id, network_id=port_id,
                                fixed_ips=[data_models.FixedIP(subnet_id=subnet_id)])


def _from_noop(name):
    def method(self, *args, **kwargs):
        return getattr(self._noop, name)(*args, **kwargs)
    method.__name__ = name
    return method


for _name in (
        'plug_vip', 'unplug_vip', 'update_vip', 'update_vip_sg',
        'plug_aap_port', 'unplug_aap_port', 'unplug_network',
        'plug_port', 'create_port', 'delete_port', 'set_port_admin_state_up',
        'get_network_configs', 'failover_preparation',
        'wait_for_port_detach', 'unplug_fixed_ip'):
    if hasattr(noop.NoopManager, _name):
        setattr(LabNetworkDriver, _name, _from_noop(_name))
