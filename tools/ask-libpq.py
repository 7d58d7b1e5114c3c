"""Asks libpq what it makes of a connection string and an environment.

Reads `{"library": path, "dsn": text or null}` from standard input, writes what libpq holds as JSON.
The process's own environment is the one that libpq sees. `PQconnectStart` resolves every setting before it
speaks to anybody, so that nothing needs to listen.
"""

import ctypes
import json
import sys


class Option(ctypes.Structure):
    """https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PQCONNDEFAULTS"""

    _fields_ = [
        ("keyword", ctypes.c_char_p),
        ("envvar", ctypes.c_char_p),
        ("compiled", ctypes.c_char_p),
        ("val", ctypes.c_char_p),
        ("label", ctypes.c_char_p),
        ("dispchar", ctypes.c_char_p),
        ("dispsize", ctypes.c_int),
    ]


def text(value):
    return None if value is None else value.decode("utf-8", "replace")


def rows(options):
    found = []
    index = 0
    while options and options[index].keyword:
        found.append(options[index])
        index += 1
    return found


def main():
    asked = json.load(sys.stdin)
    libpq = ctypes.CDLL(asked["library"])
    for name in ("PQconninfo", "PQconndefaults"):
        getattr(libpq, name).restype = ctypes.POINTER(Option)
    libpq.PQconnectStartParams.restype = ctypes.c_void_p
    for name in ("PQpass", "PQhost", "PQport", "PQhostaddr", "PQerrorMessage"):
        getattr(libpq, name).restype = ctypes.c_char_p
    if asked.get("defaults"):
        found = [
            {"keyword": text(o.keyword), "variable": text(o.envvar), "default": text(o.compiled)}
            for o in rows(libpq.PQconndefaults())
        ]
        print(json.dumps({"version": libpq.PQlibVersion(), "options": found}))
        return
    dsn = asked["dsn"]
    keywords = (ctypes.c_char_p * 2)(b"dbname", None)
    values = (ctypes.c_char_p * 2)(None if dsn is None else dsn.encode("utf-8"), None)
    connection = ctypes.c_void_p(libpq.PQconnectStartParams(keywords, values, 1))
    print(
        json.dumps(
            {
                "settings": {
                    text(o.keyword): text(o.val)
                    for o in rows(libpq.PQconninfo(connection))
                    if o.val is not None
                },
                "isBad": libpq.PQstatus(connection) == 1,
                "error": text(libpq.PQerrorMessage(connection)),
                "host": text(libpq.PQhost(connection)),
                "port": text(libpq.PQport(connection)),
                "password": text(libpq.PQpass(connection)),
            }
        )
    )


main()
