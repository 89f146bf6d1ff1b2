

# Stand in for functions of the same names above: what they load cannot be loaded by
# Ceph's manager. Its dashboard makes itself a certificate, and looks at it.
def create_self_signed_cert(organisation='Ceph', common_name='mgr', dname=None):
    import subprocess
    import tempfile
    subject = ''.join(f'/{k}={v}' for k, v in (dname or {'O': organisation, 'CN': common_name}).items())
    with tempfile.NamedTemporaryFile('r') as key:
        made = subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-days', '3650',
                               '-subj', subject, '-keyout', key.name], stdout=subprocess.PIPE, check=True, text=True)
        return made.stdout, key.read()


def verify_tls_files(cert_fname, pkey_fname):
    import ssl
    if not cert_fname or not pkey_fname:
        raise ServerConfigException('no certificate configured')
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert_fname, pkey_fname)
