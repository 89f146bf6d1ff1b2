# Stands in for Python's module bcrypt, by the system's own crypt: the one in Debian
# cannot be loaded by Ceph's manager, and with it no module of that.
import ctypes, hmac, os
_lib = ctypes.CDLL("libcrypt.so.1")
_lib.crypt.restype = _lib.crypt_gensalt.restype = ctypes.c_char_p

def gensalt(rounds=12, prefix=b"2b"):
    return _lib.crypt_gensalt(b"$" + prefix + b"$", ctypes.c_ulong(rounds), os.urandom(16), 16)

def hashpw(password, salt):
    return _lib.crypt(password, salt)

def checkpw(password, hashed):
    return hmac.compare_digest(hashpw(password, hashed), hashed)
