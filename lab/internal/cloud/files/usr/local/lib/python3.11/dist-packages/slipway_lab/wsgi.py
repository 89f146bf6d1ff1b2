"""python3 -m slipway_lab.wsgi keystone|placement|octavia|designate ADDRESS:PORT

One threaded gunicorn worker. (Under uwsgi clients see connection resets when
the processor is busy.)
"""
import sys

from gunicorn.app import base
from oslo_log import log

# oslo.log takes eventlet for used as soon as it is imported, and gives logging
# locks that only hold green threads apart: two real threads that log at the
# same time would block each other, and the whole API, for good.
log._fix_eventlet_logging = lambda: None


def keystone():
    from keystone.server import wsgi
    return wsgi.initialize_public_application()


def placement():
    from placement import wsgi
    return wsgi.init_application()


def octavia():
    from octavia.api import app
    return app.setup_app(argv=['octavia-api', '--config-file', '/etc/slipway/octavia.conf'])


def designate():
    from designate.api import wsgi
    wsgi.CONFIG_FILES = ['/usr/share/designate-common/api-paste.ini', '/etc/slipway/designate.conf']
    return wsgi.init_application()


class Server(base.BaseApplication):

    def __init__(self, name, bind):
        self.name, self.bind = name, bind
        super().__init__()

    def load_config(self):
        for key, value in {
                'bind': self.bind, 'proc_name': self.name,
                'workers': 1, 'worker_class': 'gthread', 'threads': 8,
                'keepalive': 10, 'timeout': 300, 'graceful_timeout': 3,
                'worker_tmp_dir': '/dev/shm'}.items():
            self.cfg.set(key, value)

    def load(self):
        return {'keystone': keystone, 'placement': placement, 'octavia': octavia,
                'designate': designate}[self.name]()


if __name__ == '__main__':
    _, _name, _bind = sys.argv
    # oslo.config would take the arguments for its own when the API loads.
    sys.argv = [_name]
    Server(_name, _bind).run()
