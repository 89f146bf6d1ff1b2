"""Nova's fake hypervisor, made to last.

The lab's agent, not Nova, runs the machine behind a server. Nova only keeps the
books: this driver remembers its servers over a restart of nova-compute.
"""
from nova import context
from nova import objects
from nova.compute import vm_states
from nova.virt import fake
from oslo_config import cfg

NETWORK_HOST = cfg.StrOpt(
    'slipway_network_host', default='lab',
    help='The host of the one Neutron agent that serves all compute hosts.')
cfg.CONF.register_opt(NETWORK_HOST)


class LabDriver(fake.FakeDriver):

    def init_host(self, host):
        super().init_host(host)
        for instance in objects.InstanceList.get_by_host(
                context.get_admin_context(), host):
            if instance.vm_state in (vm_states.BUILDING, vm_states.DELETED, vm_states.ERROR):
                continue
            self.instances[instance.uuid] = fake.FakeInstance(
                instance.name, instance.power_state, instance.uuid)
            flavor = instance.flavor
            self.resources.claim(flavor.vcpus, flavor.memory_mb, flavor.root_gb)

    def network_binding_host_id(self, context, instance):
        # The compute hosts share one network stack, hence one agent: ports
        # belong to the agent's host, whichever host has the server.
        return cfg.CONF.slipway_network_host

    def manages_network_binding_host_id(self):
        # Else Nova would "heal" the ports back to the compute host.
        return True
