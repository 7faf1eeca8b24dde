"""After a day of sharing nothing tells how to get in, nor whose images they were, on both engines.

What is looked for, raw, in either case, in UTF-16, hexadecimal and base64 in both alphabets:

  entry    secrets of links, passcodes, mailed codes, cookies of staff and recipients
  sealed   what an authorisation says and its scan, reasons, what a browser called itself
  people   the patient: name, id, birth date, address, accession number, referrer, UIDs;
           recipients: names and addresses; what the sender wrote

  the log at its finest level, every file of the data directory, the ledger as it is printed,
  health and metrics                      entry, sealed, people
  a dump of PostgreSQL, with its binary columns decoded
                                          entry, sealed; of the tables of the ledger also people.
                                          Patients, recipients and messages are in the others in
                                          clear, by design: docs/security.md
  mails                                   sealed, the patient, and of entry all but this: the secret
                                          of a mailed link stands in the one mail that brings it, a
                                          code in its own, both to the address of the link
  what staff read of links afterwards     entry

The embedded database is opened with its key in tests/e2e/secrets.rs."""

import datetime
import email
import email.policy
import json
import pathlib
import tempfile

import pydicom
from _house import House, until
from _needles import needles, nothing_of, unhexed
from _postgres import CLUSTER, database
from _server import phantom
from _share import PASSWORD, Caller, Recipient, Staff
from _smtp import mail_server

AGENT = "Practice-Browser/7.1"
ROE, HOME, OWNER = "roe@practice.example", "somebody@home.example", "owner@hospital.example"
RECIPIENT, INSURER = "Dr. A. Roe", "The Insurer of Example"
MESSAGE = "As we said on the telephone, look at the third slice."
FORM = b"%PDF-1.7\n% signed-by-hand-marker: Ada Lovelace\n%%EOF\n"
TERMS = {
    "description": "All pictures of the head of Ada Lovelace",
    "discloser": "Hospital of the Analytical Engine",
    "recipient": "Quorum Mutual Assurance",
    "purpose": "the claim after the accident in March",
    "expires": None,
    "expiryEvent": "the court of Marylebone has decided",
    "signedBy": "Annabella Milbanke",
    "signedOn": "2020-01-20",
    "representative": "her guardian by order of chancery",
    "statements": {"revocation": True, "conditioning": True, "redisclosure": True},
}
REASONS = ["Mrs. Milbanke wrote a letter", "sent to the practice next door"]


def decoded(mail):
    """A mail as it came, and as a reader shows it."""
    message = email.message_from_string(mail["text"], policy=email.policy.default)
    headers = "\n".join(f"{name}: {value}" for name, value in message.items())
    return mail["text"] + headers + message.get_content()


class Day:
    """Everything that can happen to links, once; what it gave to whom."""

    def __init__(self, house, mails, study):
        self.house, self.mails, self.study = house, mails, study
        self.staff = Staff(house)
        self.callers = [self.staff]
        # Secrets of links, with the address that they were mailed to.
        self.links, self.passcodes, self.codes = [], [], []
        self.paths = ["/api/v1/shares", "/api/v1/alerts"]

    def told(self, made, mailed=None):
        """Notes what is shown this once; the recipient of the link."""
        recipient = Recipient(self.house, made["url"], AGENT)
        self.callers.append(recipient)
        self.links.append((recipient.secret, mailed))
        self.passcodes += [made["passcode"]] if made["passcode"] else []
        self.paths.append(f"/api/v1/shares/{made['share']['id']}")
        if mailed:
            until(lambda: any(recipient.secret in decoded(mail) for mail in self.mails()))
        return recipient

    def share(self, name, address=None, mailed=True, **other):
        how = {"deliver": "mail" if mailed else "copy", **other}
        people = [{"name": name, "email": address}]
        made = self.staff.share([self.study["uid"]], recipients=people, **how)["shares"][0]
        return made, self.told(made, address if mailed else None)

    def live(self):
        made, recipient = self.by_two_factors()
        self.by_code()
        self.sent_again(made, recipient)
        self.authorised()
        self.locked()
        # Those that are still open: of the first recipient, and of the patient herself.
        wish = {"patientId": self.study["patientId"], "reason": REASONS[1]}
        recalled = self.staff.ask("POST", "/api/v1/shares/recall", json=wish).json()
        assert recalled == {"revoked": 2}, recalled

    def by_two_factors(self):
        factors = ["passcode", "birthDate"]
        made, recipient = self.share(RECIPIENT, ROE, factors=factors, may="download", message=MESSAGE)
        self.clumsily(made)
        for wrong in ("00000000", "1234"):
            recipient.prove(403, passcode=wrong)
        passcode = made["passcode"]
        assert recipient.prove(passcode=passcode) == {"factor": "birthDate"}
        recipient.prove(403, passcode=passcode, birthDate="1951-12-11")
        recipient.prove(passcode=passcode, birthDate="1951-12-10")
        self.look(recipient)
        whole = recipient.get("download").content
        assert whole.startswith(b"PK"), whole[:20]
        until(lambda: "share_downloaded" in [event["event"] for event in self.house.events()])
        recipient.ask("DELETE", f"{recipient.root}/session", 204)
        return made, recipient

    def clumsily(self, made):
        """Programs send what stands behind the # where it does not belong."""
        fragment, passcode = made["url"].split("#")[1], made["passcode"]
        caller = Caller(self.house, AGENT)
        for path in ("/s/{}", "/s/{}/", "/s%23{}", "/s?{}", "/s/{}/share", "/s/session?{}", "/{}"):
            headers = {"Referer": made["url"], "Cookie": f"lc_share={fragment.split('.')[2]}"}
            caller.ask("GET", path.format(fragment) + f"?passcode={passcode}", None, headers=headers)
        cut = json.dumps({"share": fragment, "secret": fragment, "passcode": passcode})[:-1]
        json_type = {"Content-Type": "application/json"}
        caller.ask("POST", "/s/session", 400, data=cut, headers=json_type)
        unknown = {"share": fragment, "secret": fragment, "accept": True, "passcode": passcode}
        caller.ask("POST", "/s/session", 403, json=unknown)
        caller.ask("POST", "/s/session", 400, json={**unknown, passcode: passcode})

    def look(self, recipient):
        shown = recipient.accept()
        root = f"dicom-web/studies/{shown['studies'][0]['studyInstanceUid']}"
        recipient.get("dicom-web/studies?PatientName=Phantom*")
        recipient.get(f"dicom-web/studies?PatientID={self.study['patientId']}", None)
        recipient.get(f"{root}/metadata")
        recipient.get(f"{root}/thumbnail", headers={"Accept": "image/jpeg"})
        recipient.get(f"dicom-web/studies/1.2.3/series?PatientName={self.study['patientId']}", 404)

    def by_code(self):
        made, recipient = self.share(RECIPIENT, ROE, factors=["email"])
        assert recipient.prove() == {"factor": "email"}

        def codes():
            lines = [line for mail in self.mails() for line in decoded(mail).splitlines()]
            return {line for line in lines if len(line) == 8 and line.isdigit()}

        until(codes)
        (code,) = codes()
        self.codes.append(code)
        recipient.prove(403, code=f"{(int(code) + 1) % 100_000_000:08}")
        recipient.prove(code=code)
        self.look(recipient)
        self.staff.ask("DELETE", f"/api/v1/shares/{made['share']['id']}", 204)
        recipient.get("share", 403)

    def sent_again(self, made, before):
        path = f"/api/v1/shares/{made['share']['id']}"
        again = self.staff.ask("POST", f"{path}/resend", json={"deliver": "mail"}).json()
        recipient = self.told(again, ROE)
        before.prove(403, passcode=made["passcode"])
        recipient.prove(passcode=again["passcode"], birthDate="1951-12-10")
        recipient.accept()
        expires = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=20)
        self.staff.ask("PATCH", path, json={"expires": expires.isoformat(timespec="seconds")})

    def authorised(self):
        form = {"study": self.study["uid"], **TERMS}
        record = self.staff.ask("POST", "/api/v1/authorisations", 201, json=form).json()
        path = f"/api/v1/authorisations/{record['id']}"
        pdf = {"Content-Type": "application/pdf"}
        self.staff.ask("PUT", f"{path}/form", data=FORM, headers=pdf)
        assert self.staff.ask("GET", f"{path}/form").content == FORM
        under = {"authority": "authorisation", "authorisation": record["id"]}
        made, recipient = self.share(INSURER, mailed=False, **under)
        recipient.prove(passcode=made["passcode"])
        self.look(recipient)
        assert self.staff.ask("DELETE", path, json={"reason": REASONS[0]}).json() == {"revoked": 1}
        self.paths += [path, f"{path}/export"]

    def locked(self):
        """The patient has a link to her own images, and forgets her passcode."""
        made, recipient = self.share("Ada Lovelace", HOME, authority="ownAccess")
        recipient.prove(passcode=made["passcode"])
        self.look(recipient)
        for number in range(5):
            recipient.prove(403, passcode=f"0000000{number}")
        assert self.staff.detail(made)["state"] == "locked"


def patient(image, study):
    birth = image.PatientBirthDate
    day = f"{birth[:4]}-{birth[4:6]}-{birth[6:]}"
    name = str(image.PatientName).split("^")[1]
    referrer = str(image.ReferringPhysicianName).split("^")[0]
    uids = [study["uid"], *(series["uid"] for series in study["series"])]
    known = [name, *name.split(" ")[1:], birth, day, image.PatientAddress, referrer, *uids]
    return needles("something of the patient", [*known, study["patientId"], study["accession"]])


def entry(day):
    """By what it is, so that a failure does not print it."""
    cookies = {value for caller in day.callers for value in caller.cookies}
    assert len(cookies) >= 11, len(cookies)
    return [
        *needles("the secret of a link", [secret for secret, _ in day.links]),
        *needles("a passcode", day.passcodes),
        *needles("a passcode", [f"{each[:4]}-{each[4:]}" for each in day.passcodes]),
        *needles("a mailed code", day.codes),
        *needles("a cookie", cookies),
        *needles("a password", [PASSWORD]),
    ]


def in_mails(day, mails, hers, way_in, sealed):
    """Secrets and codes are where they belong, once; nothing else is anywhere."""
    texts = [decoded(mail).encode() for mail in mails]
    for index, mail in enumerate(mails):
        kept = [needle for needle in way_in if needle.what not in ("the secret of a link", "a mailed code")]
        named = [] if mail["to"] == [OWNER] else needles("the recipient", [RECIPIENT])
        nothing_of([*kept, *sealed, *hers, *named], f"mail {index}", texts[index])
    holders = [(secret, [to], True) for secret, to in day.links]
    holders += [(code, [ROE], False) for code in day.codes]
    for secret, to, is_link in holders:
        found = [index for index, text in enumerate(texts) if secret.encode() in text]
        assert len(found) == (to != [None]), (to, found)
        for index in found:
            assert mails[index]["to"] == to and (b"/s#v1." in texts[index]) == is_link, to


def watched(house):
    """What is answered about health and metrics; where there are none, the words that say so."""
    words = ["token", "create", "watcher", "--scope", "metrics", "--json"]
    token = json.loads(house.run(*words))["token"]
    caller = Caller(house, "A watcher")
    paths = ("/metrics", "/api/v1/metrics", "/healthz", "/readyz")
    head = {"Authorization": f"Bearer {token}"}
    answers = [caller.ask("GET", path, None, headers=head) for path in paths]
    return b"\n".join(answer.content + str(answer.headers).encode() for answer in answers)


def searched(house, day, hers, held):
    way_in = entry(day)
    sealed = needles("what is kept sealed", [text for text in TERMS.values() if isinstance(text, str)])
    sealed += needles("what is kept sealed", ["signed-by-hand-marker", *REASONS, AGENT])
    people = [*hers, *needles("a recipient", [RECIPIENT, INSURER, ROE, HOME])]
    people += needles("what the sender wrote", [MESSAGE])
    everything = [*way_in, *sealed, *people]

    # The log is there, at the level that was asked for, and of this day.
    log = (house.folder / "log").read_bytes()
    assert b"/s/session" in log and b"DEBUG" in log, log[:2000]
    nothing_of(everything, "the log", log)
    files = [path for path in house.data.rglob("*") if path.is_file()]
    assert len(files) > 5, files
    for path in files:
        nothing_of(everything, str(path), path.read_bytes())
    events = house.events()
    kinds = {event["event"] for event in events}
    missing = {"share_created", "share_probed", "share_opened", "share_locked", "code_mailed"} - kinds
    assert not missing, missing
    nothing_of(everything, "the ledger", json.dumps(events, ensure_ascii=False).encode())
    nothing_of(everything, "health or metrics", watched(house))
    for path in day.paths:
        nothing_of(way_in, path, day.staff.ask("GET", path).content)
    in_mails(day, day.mails(), hers, way_in, sealed)
    if held is None:
        return
    for what, sought, words in (
        ("the database", [*way_in, *sealed], []),
        ("the ledger in the database", everything, ["--table=audit*"]),
    ):
        dump = held.dump(*words)
        assert dump.count(b"\nCOPY ") > 1, dump[:500]
        nothing_of(sought, what, dump)
        nothing_of(sought, what, unhexed(dump))


def one_day(held):
    with tempfile.TemporaryDirectory() as folder, mail_server() as server:
        folder = pathlib.Path(folder)
        house = House(folder)
        mail = {"HOST": "127.0.0.1", "PORT": server.port, "TLS": "none", "FROM": "images@hospital.example"}
        for key, value in mail.items():
            house.environment[f"LIGHTCASE__MAIL__{key}"] = str(value)
        house.environment["LIGHTCASE__LOG__FILTER"] = "trace"
        if held is not None:
            house.environment["LIGHTCASE__DATABASE__URL"] = held.url
            house.environment["LIGHTCASE__LOG__FORMAT"] = "json"
        house.start()
        try:
            images = folder / "images"
            study = phantom(images, kind="ct", slices=2, seed=7)["studies"][0]
            # Over DICOM, which is told of at a level that is not asked for otherwise.
            told = house.call("store", f"{house.title}@127.0.0.1:{house.port}", images)
            assert (told["stored"], told["refused"]) == (2, []), told
            hers = patient(pydicom.dcmread(next(images.rglob("*.dcm"))), study)
            day = Day(house, server.mails, study)
            if held is not None:
                # From here on owners are told by mail, too.
                held.execute(f"UPDATE account SET email = '{OWNER}'")
            day.live()
            until(lambda: sum(mail["to"] != [OWNER] for mail in server.mails()) == 5)
            if held is not None:
                # Four first openings, a lock, a download.
                until(lambda: sum(mail["to"] == [OWNER] for mail in server.mails()) == 6)
            searched(house, day, hers, held)
        except BaseException:
            print(house.log()[-6000:])
            raise
        finally:
            house.kill()


one_day(None)
if CLUSTER is None:
    print("PostgreSQL is left out: LIGHTCASE_TEST_POSTGRES is not set")
else:
    with database() as held:
        one_day(held)
print("nothing tells how to get in, nor whose images they were")
