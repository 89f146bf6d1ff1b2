"""python3 -m slipway_lab.run MODULE [ARGUMENT...]: MODULE's main() as a service.

For programs that Debian ships no command for, and for nova-conductor and
designate-central: systemd learns that they are ready only when they take RPC
calls. A call from a service that starts earlier would be lost, and waited for
until its time-out.
"""
import importlib
import sys


def announce_rpc(service):
    from oslo_service import systemd
    start = service.start

    def start_and_announce(self):
        start(self)
        systemd.notify()

    service.start = start_and_announce


if __name__ == '__main__':
    sys.argv = sys.argv[1:]
    module = importlib.import_module(sys.argv[0])
    if sys.argv[0] == 'nova.cmd.conductor':
        from nova import service
        announce_rpc(service.Service)
    elif sys.argv[0] == 'designate.cmd.central':
        from designate import service
        announce_rpc(service.RPCService)
    sys.argv[0] = sys.argv[0].replace('.cmd.', '-')
    sys.exit(module.main())
