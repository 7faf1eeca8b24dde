"""DCMTK's programs, plain or over TLS; those that were built without it through a tunnel."""

import contextlib
import functools
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

from _house import free_port, until
from _tunnel import tunnel

TITLE = "DCMTK"
PROGRAMS = "echoscu storescu findscu getscu movescu storescp dcmqrscp".split()
# pynetdicom puts programs of the same names beside the interpreter.
PATH = [each for each in os.get_exec_path() if not (pathlib.Path(each) / "qrscp").exists()]
ENVIRONMENT = {**os.environ, "PATH": os.pathsep.join(PATH), "TCP_NODELAY": "1"}


def skip_without():
    path = ENVIRONMENT["PATH"]
    missing = [program for program in PROGRAMS if shutil.which(program, path=path) is None]
    if missing:
        print(f"skipped: {', '.join(missing)} of DCMTK not found")
        sys.exit(77)


@functools.cache
def speaks_tls(program):
    asked = [program, "--help"]
    shown = subprocess.run(asked, env=ENVIRONMENT, capture_output=True, text=True).stdout
    return "--enable-tls" in shown


def _tls(certificates):
    own = [certificates.key("peer"), certificates.certificate("peer")]
    return ["+tls", *own, "+cf", certificates.authority, "-rc"]


def _run(program, server, port, words, places):
    called = ["-aet", TITLE, "-aec", server.title, "127.0.0.1", str(port)]
    return subprocess.run(
        [program, "-v", *map(str, words), *called, *map(str, places)],
        env=ENVIRONMENT, capture_output=True, text=True, timeout=120,
    )


def scu(program, server, *words, places=()):
    """Calls us; `places` are the files to send."""
    certificates = server.certificates
    if certificates is None:
        done = _run(program, server, server.port, words, places)
    elif speaks_tls(program):
        done = _run(program, server, server.port, [*_tls(certificates), *words], places)
    else:
        with tunnel(server.port, connecting=certificates.calling()) as port:
            done = _run(program, server, port, words, places)
    assert done.returncode == 0, done.stdout + done.stderr


def anonymous_echo(server):
    """Whether we answer a caller that shows no certificate."""
    words = ["+tla", "+cf", server.certificates.authority]
    return _run("echoscu", server, server.port, words, ()).returncode == 0


def _listens(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True


@contextlib.contextmanager
def _running(folder, port, *command):
    with open(pathlib.Path(folder) / "log", "wb") as log:
        process = subprocess.Popen([*map(str, command)], env=ENVIRONMENT, stdout=log, stderr=log)
    try:
        until(lambda: _listens(port))
        yield
    except BaseException:
        print((pathlib.Path(folder) / "log").read_text(errors="replace")[-6000:])
        raise
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def storescp(certificates):
    """A receiver: its port, and the folder of what it received."""
    with tempfile.TemporaryDirectory() as folder:
        port, received = free_port(), pathlib.Path(folder) / "received"
        received.mkdir()
        tls = [] if certificates is None else _tls(certificates)
        words = ["-v", *tls, "--fork", "-aet", TITLE, "+B", "-od", received, port]
        with _running(folder, port, "storescp", *words):
            yield port, received


@contextlib.contextmanager
def dcmqrscp(certificates):
    """An archive: its port."""
    with tempfile.TemporaryDirectory() as folder:
        held, configuration = pathlib.Path(folder) / "held", pathlib.Path(folder) / "cfg"
        held.mkdir()
        configuration.write_text(f"""
MaxPDUSize = 16384
MaxAssociations = 16
HostTable BEGIN
HostTable END
VendorTable BEGIN
VendorTable END
AETable BEGIN
{TITLE} {held} RW (9, 1024mb) ANY
AETable END
""")
        port = free_port()
        own_tls = certificates is not None and speaks_tls("dcmqrscp")
        words = ["-v", *(_tls(certificates) if own_tls else []), "-c", configuration, port]
        with _running(folder, port, "dcmqrscp", *words):
            if certificates is None or own_tls:
                yield port
            else:
                with tunnel(port, accepting=certificates.called()) as secure:
                    yield secure
