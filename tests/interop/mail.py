"""Links and codes by mail, from the real binary to a foreign mail server: what is in them and what
is not, and that nothing but the mail server ever has them."""

import datetime
import email
import email.policy
import json
import pathlib
import tempfile

import requests
from _house import House, free_port, until
from _secure import Certificates
from _server import phantom
from _smtp import MailServer

USER, PASSWORD = "lightcase", "geheim und lang"
SENDER = "images@hospital.example"
RECIPIENT = "roe@practice.example"


class Archive:
    """A server with a study in it, and who may share it."""

    def __init__(self, folder, mail):
        self.house = House(folder)
        for key, value in mail.items():
            self.house.environment[f"LIGHTCASE__MAIL__{key}"] = str(value)
        self.house.start()
        images = pathlib.Path(folder) / "images"
        self.study = phantom(images, kind="ct", slices=4)["studies"][0]
        self.house.run("import", images)
        ready = json.loads((self.house.data / "ready.json").read_text())
        self.base = f"http://{ready['http']}"
        scopes = ["--scope", "share:read", "--scope", "share:write", "--scope", "dicomweb:read"]
        token = json.loads(self.house.run("token", "create", "tests", *scopes, "--json"))
        self.staff = requests.Session()
        self.staff.headers["Authorization"] = f"Bearer {token['token']}"
        self.staff.headers["X-Lightcase"] = "1"

    def wish(self, to=RECIPIENT, **other):
        expires = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=7)
        return {
            "studies": [self.study["uid"]],
            "series": None,
            "recipients": [{"name": "Dr. A. Roe", "email": to}],
            "may": "view",
            "expires": expires.isoformat(timespec="seconds"),
            "maxUses": 5,
            "factors": ["passcode"],
            "authority": "treatment",
            "purpose": "treatment",
            "deliver": "mail",
            **other,
        }

    def share(self, **other):
        answer = self.staff.post(f"{self.base}/api/v1/shares", json=self.wish(**other))
        assert answer.status_code == 201, answer.text
        return answer.json()["shares"][0]

    def delivery(self, made):
        answer = self.staff.get(f"{self.base}/api/v1/shares/{made['share']['id']}")
        return answer.json()["delivery"]

    def open(self, url, **proofs):
        _, share, secret = url.split("#")[1].split(".")
        body = {"share": share, "secret": secret, "accept": True, **proofs}
        return requests.post(f"{self.base}/s/session", json=body, headers={"X-Lightcase": "1"})


def read(mail):
    """Headers and text of a mail, as a reader shows them."""
    message = email.message_from_string(mail["text"], policy=email.policy.default)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] and message["Message-ID"].endswith("@hospital.example>")
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"
    return message, message.get_content()


def names_nobody(archive, message, text, made):
    whole = "\n".join(f"{name}: {value}" for name, value in message.items()) + text
    of_study = [archive.study[key] for key in ("uid", "patientId", "accession", "description")]
    for word in [*of_study, "Lovelace", made["passcode"]]:
        assert not word or word.lower() not in whole.lower(), word


def by_tls(folder, tls):
    certificates = Certificates(folder / "certificates")
    server = MailServer(
        folder,
        tls=tls,
        certificate=certificates.certificate("peer"),
        key=certificates.key("peer"),
        user=USER,
        password=PASSWORD,
    ).start()
    (folder / "password").write_text(PASSWORD + "\n")
    mail = {
        "HOST": "localhost",
        "PORT": server.port,
        "TLS": tls,
        "USER": USER,
        "PASSWORD_FILE": folder / "password",
        "FROM": f"Radiology <{SENDER}>",
        "CA_FILE": certificates.authority,
    }
    return server, mail


def links_and_codes(tls):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        server, mail = by_tls(folder, tls)
        archive = Archive(folder, mail)
        try:
            made = archive.share(language="de", message="Wie am Telefon besprochen.")
            until(lambda: server.mails())
            [taken] = server.mails()
            assert taken["tls"] and taken["signedIn"]
            assert (taken["from"], taken["to"]) == (SENDER, [RECIPIENT])
            message, text = read(taken)
            assert "Wie am Telefon besprochen." in text and "anderem Weg" in text
            names_nobody(archive, message, text, made)
            [url] = [line for line in text.splitlines() if "/s#v1." in line]
            until(lambda: archive.delivery(made)["state"] == "sent")
            assert archive.delivery(made)["tries"] == 1
            assert archive.open(url, passcode="00000000").status_code == 403
            assert "handle" in archive.open(url, passcode=made["passcode"]).json()

            made = archive.share(factors=["email"])
            until(lambda: len(server.mails()) == 2)
            url = next(line for line in read(server.mails()[1])[1].splitlines() if "/s#v1." in line)
            assert archive.open(url).json() == {"factor": "email"}
            until(lambda: len(server.mails()) == 3)
            message, text = read(server.mails()[2])
            names_nobody(archive, message, text, made)
            assert "http" not in text
            [code] = [line for line in text.splitlines() if len(line) == 8 and line.isdigit()]
            assert archive.open(url, code=code).json().get("handle")
            stays_secret(archive, [RECIPIENT, code, url.split(".")[-1], PASSWORD])
        except BaseException:
            print(archive.house.log()[-6000:])
            raise
        finally:
            archive.house.kill()
            server.stop()


def stays_secret(archive, secrets):
    """No file of the server and no line it wrote holds any of them, nor does the ledger."""
    files = [path for path in archive.house.data.rglob("*") if path.is_file()]
    texts = {str(path): path.read_bytes() for path in files}
    texts["log"] = archive.house.log().encode()
    texts["audit"] = json.dumps(archive.house.events()).encode()
    for path, text in texts.items():
        for secret in secrets:
            assert secret.encode() not in text, f"{path} holds {secret}"


def a_server_that_is_away():
    """Nothing is lost while it is away, and nothing is sent twice; what it refuses is said."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        mail = {"HOST": "127.0.0.1", "PORT": free_port(), "TLS": "none", "FROM": SENDER}
        archive = Archive(folder, mail)
        server = MailServer(folder)
        try:
            waits, revoked = archive.share(), archive.share()
            until(lambda: archive.delivery(waits)["tries"] == 1)
            until(lambda: archive.delivery(revoked)["tries"] == 1)
            found = archive.delivery(waits)
            assert found["state"] == "queued" and "cannot be reached" in found["error"]
            gone = archive.staff.delete(f"{archive.base}/api/v1/shares/{revoked['share']['id']}")
            assert gone.status_code == 204, gone.text
            assert archive.delivery(revoked)["state"] == "cancelled"
            # A crash in between changes nothing.
            archive.house.kill()
            archive.house.environment["LIGHTCASE__HTTP__LISTEN"] = archive.base.split("//")[1]
            archive.house.start()
            server.start(mail["PORT"])
            until(lambda: archive.delivery(waits)["state"] == "sent", patience=150)

            refused = archive.share(to="refused@practice.example")
            until(lambda: archive.delivery(refused)["state"] == "failed")
            assert "(550)" in archive.delivery(refused)["error"]
            assert "refused@" not in archive.house.log()
            assert [taken["to"] for taken in server.mails()] == [[RECIPIENT]]
            kinds = [event["event"] for event in archive.house.events()]
            assert (kinds.count("mail_queued"), kinds.count("mail_sent")) == (3, 1)
        except BaseException:
            print(archive.house.log()[-6000:])
            raise
        finally:
            archive.house.kill()
            server.stop()


def without_a_mail_server():
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(folder, {})
        try:
            answer = archive.staff.post(f"{archive.base}/api/v1/shares", json=archive.wish())
            assert answer.status_code == 409, answer.text
            assert "Mail is not set up" in answer.text
        finally:
            archive.house.kill()


links_and_codes("starttls")
links_and_codes("implicit")
a_server_that_is_away()
without_a_mail_server()
print("links and codes are mailed, once, to nobody else")
