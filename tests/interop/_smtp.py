"""A mail server (aiosmtpd), for tests in any language: `_smtp.py --folder DIR` with the options
below. When it serves, it prints its port; it ends with its standard input. What it takes is a line
of JSON in `mails.jsonl`.

What becomes of a mail is decided by the part of the recipient's address before the `@`: `refused` is
refused for good, `busy` the first time only."""

import argparse
import asyncio
import contextlib
import json
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile


class Taker:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.seen = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        user = address.split("@")[0]
        if user == "refused":
            return f"550 5.1.1 <{address}> is nobody here"
        if user == "busy" and address not in self.seen:
            self.seen.add(address)
            return f"451 4.2.0 <{address}> comes again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "text": envelope.content.decode("ascii"),
            "tls": server.transport.get_extra_info("ssl_object") is not None,
            "signedIn": session.authenticated,
            "hello": session.host_name,
        }
        with open(self.folder / "mails.jsonl", "a") as file:
            file.write(json.dumps(mail) + "\n")
        return "250 OK"


async def serve(options):
    from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

    taker = Taker(options.folder)
    context = None
    if options.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate, options.key)

    def authenticate(server, session, envelope, mechanism, data):
        expected = LoginPassword(options.user.encode(), options.password.encode())
        known = isinstance(data, LoginPassword) and data == expected
        return AuthResult(success=known, handled=False)

    def protocol():
        return SMTP(
            taker,
            hostname="mail.example",
            tls_context=context if options.tls == "starttls" else None,
            require_starttls=options.tls == "starttls",
            authenticator=authenticate if options.user else None,
            auth_required=bool(options.user),
            # aiosmtpd knows of the TLS that it began itself only.
            auth_require_tls=options.tls == "starttls",
        )

    implicit = context if options.tls == "implicit" else None
    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", options.port, ssl=implicit)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


class MailServer:
    """The server as a process of its own."""

    def __init__(self, folder, **options):
        self.folder = pathlib.Path(folder)
        self.options = options
        self.process = None

    def start(self, port=0):
        options = {"folder": self.folder, "port": port, **self.options}
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        self.process = subprocess.Popen(
            [sys.executable, __file__, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.port = int(self.process.stdout.readline())
        return self

    def stop(self):
        self.process.stdin.close()
        self.process.wait()

    def mails(self):
        file = self.folder / "mails.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@contextlib.contextmanager
def mail_server(**options):
    with tempfile.TemporaryDirectory() as folder:
        server = MailServer(folder, **options).start()
        try:
            yield server
        finally:
            server.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", choices=["none", "starttls", "implicit"], default="none")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--user")
    parser.add_argument("--password")
    asyncio.run(serve(parser.parse_args()))
    # Connections that clients left open keep nothing from ending.
    os._exit(0)


if __name__ == "__main__":
    main()
