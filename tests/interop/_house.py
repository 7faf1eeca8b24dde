"""A server of one's own: fresh data directory, free ports, peers as a test needs them."""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import time


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class House:
    """The real binary. `run` is a subcommand beside the server; `kill` is a crash. With
    certificates it speaks mutual TLS, in both directions, and knows its peers by theirs."""

    title = "LIGHTCASE"

    def __init__(self, folder, certificates=None):
        self.certificates = certificates
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.process = None
        self.environment = {
            **os.environ,
            "LIGHTCASE__DICOM__LISTEN": "127.0.0.1:0",
            "LIGHTCASE__HTTP__LISTEN": "127.0.0.1:0",
        }
        if certificates is not None:
            tls = "LIGHTCASE__DICOM__TLS__"
            self.environment[f"{tls}LISTEN"] = "127.0.0.1:0"
            self.environment[f"{tls}CERTIFICATE"] = certificates.certificate("lightcase")
            self.environment[f"{tls}KEY"] = certificates.key("lightcase")
            self.environment[f"{tls}CLIENT_CA"] = certificates.authority

    def command(self, *words):
        return [os.environ["LIGHTCASE_BIN"], *map(str, words), "--data-dir", str(self.data)]

    def start(self):
        ready = self.data / "ready.json"
        ready.unlink(missing_ok=True)
        log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(
            self.command("serve"), env=self.environment, stdout=log, stderr=log
        )
        begun = time.monotonic()
        while not ready.exists():
            assert self.process.poll() is None and time.monotonic() - begun < 60, self.log()
            time.sleep(0.02)
        listener = "dicom" if self.certificates is None else "dicomTls"
        host, port = json.loads(ready.read_text())[listener].rsplit(":", 1)
        self.host, self.port = host, int(port)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def run(self, *words, fails=False):
        done = subprocess.run(
            self.command(*words), env=self.environment, capture_output=True, text=True
        )
        assert fails or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def add_peer(self, title, rights, port=None):
        how = [] if port is None else ["--port", port]
        if self.certificates is not None:
            how += ["--tls", "--certificate", self.certificates.certificate("peer")]
        self.run("peer", "add", title, "127.0.0.1", *how, "--rights", rights)

    def call(self, verb, peer, *words, fails=False):
        """Our SCU against `AE@HOST:PORT`; what it says."""
        how = []
        if self.certificates is not None:
            own = self.certificates
            how = ["--tls", "--ca", own.authority]
            how += ["--cert", own.certificate("lightcase"), "--key", own.key("lightcase")]
        return json.loads(self.run(verb, peer, *words, *how, "--json", fails=fails))

    def events(self):
        lines = self.run("audit", "list", "--limit", "5000").splitlines()
        return [json.loads(line) for line in lines]

    def log(self):
        return (self.folder / "log").read_text(errors="replace")


@contextlib.contextmanager
def house(certificates=None):
    with tempfile.TemporaryDirectory() as folder:
        server = House(folder, certificates)
        server.start()
        try:
            yield server
        except BaseException:
            print(server.log()[-6000:])
            raise
        finally:
            server.kill()


def until(what, patience=60):
    """Waits for a condition; a test that waits in vain fails."""
    begun = time.monotonic()
    while not what():
        assert time.monotonic() - begun < patience, "it never happened"
        time.sleep(0.05)
