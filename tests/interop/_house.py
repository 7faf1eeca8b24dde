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
    """The real binary. `run` is a subcommand beside the server; `kill` is a crash."""

    title = "LIGHTCASE"

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.process = None
        self.environment = {
            **os.environ,
            "LIGHTCASE__DICOM__LISTEN": "127.0.0.1:0",
            "LIGHTCASE__HTTP__LISTEN": "127.0.0.1:0",
        }

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
        host, port = json.loads(ready.read_text())["dicom"].rsplit(":", 1)
        self.host, self.port = host, int(port)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def run(self, *words, fails=False):
        done = subprocess.run(
            self.command(*words), env=self.environment, capture_output=True, text=True
        )
        assert fails or done.returncode == 0, done.stderr
        return done.stdout

    def add_peer(self, title, rights, port=None):
        where = [] if port is None else ["--port", port]
        self.run("peer", "add", title, "127.0.0.1", *where, "--rights", rights)

    def events(self):
        lines = self.run("audit", "list", "--limit", "5000").splitlines()
        return [json.loads(line) for line in lines]

    def log(self):
        return (self.folder / "log").read_text(errors="replace")


@contextlib.contextmanager
def house():
    with tempfile.TemporaryDirectory() as folder:
        server = House(folder)
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
