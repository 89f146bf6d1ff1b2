"""Octavia without amphorae: the VIP is a real Neutron port, so that addresses,
floating IPs and clean-up behave; what would plug an amphora does nothing."""
from octavia.network import base
from octavia.network.drivers.neutron import allowed_address_pairs as neutron
from octavia.network.drivers.noop_driver import driver as noop


class LabNetworkDriver(neutron.AllowedAddressPairsDriver):

    def __init__(self):
        super().__init__()
        self._noop = noop.NoopManager()

    def deallocate_vip(self, vip):
        try:
            port = self.get_port(vip.port_id)
        except base.PortNotFound:
            return
        if port.device_owner == neutron.OCTAVIA_OWNER:
            self.neutron_client.delete_port(vip.port_id)


def _from_noop(name):
    def method(self, *args, **kwargs):
        return getattr(self._noop, name)(*args, **kwargs)
    method.__name__ = name
    return method


for _name in (
        'plug_vip', 'unplug_vip', 'update_vip', 'update_vip_sg',
        'plug_aap_port', 'unplug_aap_port', 'plug_network', 'unplug_network',
        'plug_port', 'create_port', 'delete_port', 'set_port_admin_state_up',
        'get_plugged_networks', 'get_network_configs', 'failover_preparation',
        'wait_for_port_detach', 'plug_fixed_ip', 'unplug_fixed_ip'):
    if hasattr(noop.NoopManager, _name):
        setattr(LabNetworkDriver, _name, _from_noop(_name))
