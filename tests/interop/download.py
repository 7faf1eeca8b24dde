"""A link's ZIP is downloaded with 20 cuts, a crash of the server and an ended session in between: the
same bytes as in one go, one use, every range on record; unzip, pydicom and DCMTK read it."""

import hashlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import zipfile

import pydicom
import requests
from _house import house, until
from _media import directory, sketch, written
from _server import phantom

LONG = "LIGHTCASE_LONG" in os.environ
# Half a mebibyte each.
SLICES = 4_000 if LONG else 400
CUTS = 20
CRASH, LEAVE = 7, 14
HEADERS = {"X-Lightcase": "1"}


class Recipient:
    """A browser that was given a link."""

    def __init__(self, server, share):
        self.server = server
        fragment = share["url"].split("/s#v1.")[1]
        self.share, self.secret = fragment.split(".")
        self.passcode = share["passcode"]
        self.http = requests.Session()
        self.etag = self.total = None

    def url(self, path):
        ready = json.loads((self.server.data / "ready.json").read_text())
        return f"http://{ready['http']}{path}"

    def open(self):
        proof = {"share": self.share, "secret": self.secret, "passcode": self.passcode, "accept": True}
        answer = self.http.post(self.url("/s/session"), json=proof, headers=HEADERS, timeout=60)
        assert answer.status_code == 200, answer.text
        self.root = f"/s/{answer.json()['handle']}"
        notice = {"hash": answer.json()["shown"]["notice"]["hash"]}
        url = self.url(f"{self.root}/notice")
        answer = self.http.post(url, json=notice, headers=HEADERS, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def leave(self):
        url = self.url(f"{self.root}/session")
        assert self.http.delete(url, headers=HEADERS, timeout=60).status_code == 204

    def ask(self):
        """What HEAD says of the whole."""
        answer = self.http.head(self.url(f"{self.root}/download"), timeout=60)
        assert answer.status_code == 200 and answer.headers["Accept-Ranges"] == "bytes"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="images.zip"'
        return answer.headers["ETag"], int(answer.headers["Content-Length"])

    def take(self, file, to, meanwhile=None):
        """Goes on where the file ends, asks for everything, and hangs up when it has enough."""
        at = file.tell()
        headers = {"Range": f"bytes={at}-", "If-Range": self.etag}
        url = self.url(f"{self.root}/download")
        with self.http.get(url, headers=headers, stream=True, timeout=60) as answer:
            assert answer.status_code == 206, answer.status_code
            assert answer.headers["ETag"] == self.etag
            assert answer.headers["Content-Range"] == f"bytes {at}-{self.total - 1}/{self.total}"
            for piece in answer.iter_content(1 << 16):
                file.write(piece[: to - file.tell()])
                if file.tell() == to:
                    break
            if meanwhile is not None:
                meanwhile()
        return at


def with_cuts(server, recipient, path):
    places = random.Random(5).sample(range(1, recipient.total), CUTS)
    starts = []
    with open(path, "wb") as file:
        for number, to in enumerate([*sorted(places), recipient.total]):
            starts.append(recipient.take(file, to, server.kill if number == CRASH else None))
            if number == CRASH:
                server.start()
            if number == LEAVE:
                recipient.leave()
                recipient.open()
                assert recipient.ask() == (recipient.etag, recipient.total)
    return starts


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def in_one_go(recipient, path):
    with recipient.http.get(recipient.url(f"{recipient.root}/download"), stream=True, timeout=60) as answer:
        assert answer.status_code == 200
        with open(path, "wb") as file:
            for piece in answer.iter_content(1 << 20):
                file.write(piece)


def of_kind(server, name):
    return [event for event in server.events() if event["event"] == name]


def manifest(path):
    """Every file has the checksum that stands in the list; how many there are."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        sums = dict(reversed(line.split("  ")) for line in archive.read("SHA256SUMS").decode().splitlines())
        assert set(sums) | {"SHA256SUMS"} == set(archive.namelist())
        for name, expected in sums.items():
            with archive.open(name) as file:
                assert hashlib.file_digest(file, "sha256").hexdigest() == expected, name
        return len(sums) - 2


def push(server, folder):
    """A large study with an object of each kind, a small one of the same patient, and one of another; what is to be found."""
    study = phantom(folder / "study", kind="ct", slices=SLICES)
    image = pydicom.dcmread(next((folder / "study").rglob("*.dcm")), stop_before_pixels=True)
    other = folder / "other"
    other.mkdir()
    records = written(other, image)
    small = sketch(other, like=image)
    count = sum(path.is_file() for path in folder.rglob("*"))
    sizes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    stranger = sketch(other)
    told = server.call("store", f"{server.title}@127.0.0.1:{server.port}", folder)
    assert (told["stored"], told["refused"]) == (count + 1, []), told
    shutil.rmtree(folder)
    records |= {"PATIENT": 1, "STUDY": 2, "IMAGE": SLICES + 1, "SERIES": len(records) + 2}
    studies = [study["studies"][0]["uid"], small.StudyInstanceUID]
    return studies, records, {str(image.PatientName)}, count, sizes, stranger


def shared(server, studies):
    """A link to studies, which lives through one use."""
    words = [word for study in studies for word in ("--study", study)]
    words += ["--recipient", "Dr. A", "--download", "--expires", "1d", "--uses", "1", "--json"]
    (share,) = json.loads(server.run("share", "create", *words))["shares"]
    return share


def extracted(path, to):
    done = subprocess.run(["unzip", "-tqq", str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(path) as archive:
        archive.extractall(to)
    path.unlink()
    return to


def of_a_stranger(server, dataset, folder):
    """The whole of a study without an id, a date and a number."""
    recipient = Recipient(server, shared(server, [dataset.StudyInstanceUID]))
    recipient.open()
    path = folder / "stranger.zip"
    in_one_go(recipient, path)
    assert manifest(path) == 1
    records = {kind: 1 for kind in ("PATIENT", "STUDY", "SERIES", "IMAGE")}
    uids = directory(extracted(path, folder / "stranger"), records, {str(dataset.PatientName)})
    assert uids == {dataset.SOPInstanceUID}


with house() as server, tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    (folder / "in").mkdir()
    studies, records, names, count, sizes, stranger = push(server, folder / "in")
    share = shared(server, studies)
    recipient = Recipient(server, share)
    offered = recipient.open()["download"]
    recipient.etag, recipient.total = recipient.ask()
    assert offered == {"bytes": recipient.total, "files": count}, offered
    assert recipient.total > sizes

    path = folder / "images.zip"
    starts = with_cuts(server, recipient, path)
    # What was taken before the crash counts, since it was gone on with.
    until(lambda: len(of_kind(server, "share_downloaded")) == 1)
    (whole,) = of_kind(server, "share_downloaded")
    assert whole["data"]["bytes"] == recipient.total, whole
    begun = [event["data"] for event in of_kind(server, "retrieve_begun") if event["data"]["service"] == "ZIP"]
    # A range is on record for each study that it reaches.
    assert {event["offset"] for event in begun} >= set(starts), (starts, begun)
    until(lambda: len(of_kind(server, "retrieve_ended")) == len(of_kind(server, "retrieve_begun")))
    shown = json.loads(server.run("share", "show", share["share"]["id"], "--json"))
    assert shown["uses"] == 1, shown

    in_one_go(recipient, folder / "again.zip")
    assert digest(path) == digest(folder / "again.zip")
    (folder / "again.zip").unlink()
    assert manifest(path) == count
    assert len(directory(extracted(path, folder / "out"), records, names)) == count
    of_a_stranger(server, stranger, folder)
    print(f"{recipient.total} bytes, {len(starts)} ranges, {count} objects")
