"""Certificates for this node and for its peer, signed by one authority."""

import os
import pathlib
import ssl
import subprocess
import tempfile


class Certificates:
    """`lightcase` and `peer` are the names."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        command = [os.environ["LIGHTCASE_TESTKIT"], "certificates", "--out", folder]
        subprocess.run([*command, "lightcase", "peer"], check=True)
        self.authority = str(self.folder / "authority.crt")

    def certificate(self, name):
        return str(self.folder / f"{name}.crt")

    def key(self, name):
        return str(self.folder / f"{name}.key")

    def called(self):
        """The peer as a TLS server that asks for a certificate."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=self.authority)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_cert_chain(self.certificate("peer"), self.key("peer"))
        return context

    def calling(self):
        """The peer as a TLS client."""
        context = self.anonymous()
        context.load_cert_chain(self.certificate("peer"), self.key("peer"))
        return context

    def anonymous(self):
        """A TLS client without a certificate."""
        return ssl.create_default_context(cafile=self.authority)


def plain_and_secure(test):
    test(None)
    with tempfile.TemporaryDirectory() as folder:
        test(Certificates(folder))
