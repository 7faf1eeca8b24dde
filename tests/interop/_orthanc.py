"""Orthanc with an empty store of its own, and its REST interface."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import requests
from _house import free_port, until

TITLE = "ORTHANC"


def skip_without():
    if not os.environ.get("LIGHTCASE_ORTHANC"):
        print("skipped: LIGHTCASE_ORTHANC does not name Orthanc")
        sys.exit(77)


class Orthanc:
    """Knows us as modality `LC`, and `STRANGER` as us called without TLS."""

    def __init__(self, folder, server, port, more):
        self.folder, self.port = pathlib.Path(folder), port
        self.http = free_port()
        certificates = server.certificates
        secure = certificates is not None
        us = {"AET": server.title, "Host": server.host, "Port": server.port}
        # Our SCU has a title of its own, and Orthanc lets known ones query only.
        scu = {**us, "AET": "LIGHTCASE_SCU"}
        configuration = {
            "Name": TITLE,
            "StorageDirectory": str(self.folder / "db"),
            "IndexDirectory": str(self.folder / "db"),
            "Plugins": [],
            "HttpPort": self.http,
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False,
            "DicomAet": TITLE,
            "DicomCheckCalledAet": True,
            "DicomPort": port,
            "DicomModalities": {
                "LC": {**us, "UseDicomTls": secure},
                "STRANGER": us,
                "SCU": scu,
            },
        }
        if secure:
            configuration |= {
                "DicomTlsEnabled": True,
                "DicomTlsCertificate": certificates.certificate("peer"),
                "DicomTlsPrivateKey": certificates.key("peer"),
                "DicomTlsTrustedCertificates": certificates.authority,
                "DicomTlsRemoteCertificateRequired": True,
            }
        configuration |= more
        self.configuration = self.folder / "orthanc.json"
        self.configuration.write_text(json.dumps(configuration))

    def ask(self, path, body=None, method=None):
        """What a resource says; with a body, what it answers to that."""
        method = method or ("GET" if body is None else "POST")
        url = f"http://127.0.0.1:{self.http}{path}"
        return requests.request(method, url, json=body, timeout=120)

    def json(self, path, body=None):
        answer = self.ask(path, body)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def up(self):
        with contextlib.suppress(requests.ConnectionError):
            return self.ask("/system").status_code == 200

    def upload(self, path):
        """Stores a file by REST."""
        url = f"http://127.0.0.1:{self.http}/instances"
        return requests.post(url, data=path.read_bytes(), timeout=60)

    def take(self, files):
        """Stores all files below a folder."""
        for path in sorted(pathlib.Path(files).rglob("*.dcm")):
            self.upload(path).raise_for_status()

    def forget(self):
        for study in self.json("/studies"):
            self.ask(f"/studies/{study}", method="DELETE").raise_for_status()

    def write(self, folder):
        """Writes all it holds as files."""
        for instance in self.json("/instances"):
            file = self.ask(f"/instances/{instance}/file")
            (pathlib.Path(folder) / f"{instance}.dcm").write_bytes(file.content)


@contextlib.contextmanager
def orthanc(server, port, more=None):
    """It runs until the block ends; `more` is configuration beside what is set here."""
    with tempfile.TemporaryDirectory() as folder:
        peer = Orthanc(folder, server, port, more or {})
        command = [os.environ["LIGHTCASE_ORTHANC"], "--verbose", str(peer.configuration)]
        log = peer.folder / "log"
        with open(log, "wb") as out:
            environment = {**os.environ, "TCP_NODELAY": "1"}
            process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        try:
            until(peer.up)
            yield peer
        except BaseException:
            print(log.read_text(errors="replace")[-6000:])
            raise
        finally:
            process.kill()
            process.wait()
