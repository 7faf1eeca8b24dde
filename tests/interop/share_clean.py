"""Links to clean copies of the set with planted identifiers: none of them is in anything that the
recipient can get, whatever way it is asked for, and what waits for review is not in the link."""

import importlib.util
import io
import json
import pathlib
import re
import tempfile
import zipfile

import pydicom
from _corpus import answer_key, corpus, planted, skip_without
from _deid import deid, files, key
from _house import house
from _share import Recipient, Staff

DOCUMENTS = "1.2.840.10008.5.1.4.1.1.104."
NONE_CLEAN = "None of these images can be lent out as a clean copy"
ANY = "multipart/related; type=\"application/dicom\"; transfer-syntax=*"


def scorer():
    """How the corpus itself looks for a text: in which encodings, and within what."""
    spec = importlib.util.spec_from_file_location("score_deid", corpus() / "score_deid.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def begins(digits, view):
    """New UIDs are long random numbers, within which any date can stand."""
    return digits in view and re.search(rb"(?<![0-9])%b" % digits, view) is not None


class Secrets:
    """What was planted of one patient."""

    def __init__(self, judge, patient):
        texts = {each["text"] for each in answer_key()["secrets"] if patient in each["patients"]}
        assert len(texts) > 20, (patient, texts)
        self.judge = judge
        self.words = [(text, judge.forms(text)) for text in texts if not text.isdigit()]
        self.numbers = [text.encode() for text in texts if text.isdigit()]

    def none_in(self, place, blob):
        found = set()
        for _, view in self.judge.views(blob):
            low = view.lower()
            for text, forms in self.words:
                if any(form in (low if text.isascii() else view) for form in forms):
                    found.add(text)
            found.update(number.decode() for number in self.numbers if begins(number, view))
        assert not found, f"{place} holds {sorted(found)}"


class Watched(Recipient):
    """A recipient whose every answer is looked through, headers too."""

    def __init__(self, server, url, secrets):
        super().__init__(server, url)
        self.secrets, self.answers = secrets, 0

    def ask(self, method, path, expected=200, **options):
        answer = super().ask(method, path, expected, **options)
        self.answers += 1
        place = f"{method} {path.replace(self.root or '', '')}"
        self.secrets.none_in(place, answer.content + repr(dict(answer.headers)).encode())
        return answer


def by_patient():
    """Studies and instances of the answer key."""
    told = answer_key()
    for patient in told["patients"]:
        instances = [each for each in told["instances"] if each["patient"] == patient["id"]]
        yield patient["id"], [study["uid"] for study in patient["studies"]], instances


def number(instance):
    return instance["match"]["instance_number"]


def may_not_leave(instance):
    """Documents, and images with text burned into them."""
    burned = any(text["kind"] == "phi" for text in instance["burned"])
    return burned or instance["sop_class"].startswith(DOCUMENTS)


def held_by(staff, studies):
    """Instance numbers of what the archive took in of some studies."""
    found = []
    for study in studies:
        path = f"/dicom-web/studies/{study}/instances?limit=1000"
        found += staff.ask("GET", path, headers={"Accept": "application/dicom+json"}).json()
    return {each["00200013"]["Value"][0] for each in found}


def released(folder):
    """What `lightcase deid` lets go, with the profile that links use."""
    out = pathlib.Path(folder) / "cleaned"
    done = deid(planted() / "in", out, "--key", key(folder))
    assert done.returncode == 1, done.stdout
    copies = [pydicom.dcmread(path, stop_before_pixels=True) for path in files(out).values()]
    return {int(each.InstanceNumber) for each in copies}


def uids(found, tag):
    return [each[tag]["Value"][0] for each in found]


def through_dicomweb(recipient, studies):
    """Everything that a viewer asks for, and the objects; their instance numbers."""
    listed = {"Accept": "application/dicom+json"}
    for level in ("studies", "series", "instances"):
        recipient.get(f"dicom-web/{level}?includefield=all&limit=1000", headers=listed)
    for original in studies:
        for rest in ("", "/metadata", "/series", "/instances", "/thumbnail"):
            recipient.get(f"dicom-web/studies/{original}{rest}", 404)
    found = set()
    for study in uids(recipient.get("dicom-web/studies", headers=listed).json(), "0020000D"):
        root = f"dicom-web/studies/{study}"
        recipient.get(f"{root}/metadata", headers=listed)
        objects = recipient.get(root, headers={"Accept": ANY}).content
        assert objects.count(b"DICM") >= 1, study
        for instance in recipient.get(f"{root}/instances", headers=listed).json():
            series, sop = instance["0020000E"]["Value"][0], instance["00080018"]["Value"][0]
            one = f"{root}/series/{series}/instances/{sop}"
            (metadata,) = recipient.get(f"{one}/metadata", headers=listed).json()
            assert metadata["00120062"]["Value"] == ["YES"], one
            recipient.get(f"{root}/series/{series}/metadata", headers=listed)
            recipient.get(one, headers={"Accept": ANY})
            # What is no picture cannot be drawn; the answer says so, and is looked through, too.
            recipient.get(f"{one}/rendered", None, headers={"Accept": "image/jpeg"})
            recipient.get(f"{one}/thumbnail", None, headers={"Accept": "image/jpeg"})
            found.add(instance["00200013"]["Value"][0])
    return found


def through_the_zip(recipient, secrets):
    """The download, file by file; the instance numbers in it."""
    answer = recipient.get("download")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="images.zip"'
    found, named = set(), set()
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            secrets.none_in(f"{name} of the ZIP", name.encode() + b"\n" + content)
            if name.startswith("DICOM/"):
                image = pydicom.dcmread(io.BytesIO(content))
                assert image.PatientIdentityRemoved == "YES", name
                found.add(int(image.InstanceNumber))
                named.add(str(image.PatientID))
        directory = pydicom.dcmread(io.BytesIO(archive.read("DICOMDIR")))
        assert "README.TXT" in archive.namelist() and "SHA256SUMS" in archive.namelist()
    kinds = [record.DirectoryRecordType for record in directory.DirectoryRecordSequence]
    assert kinds.count("PATIENT") == len(named) == 1, (kinds, named)
    secrets.none_in("DICOMDIR as it is read", str(directory).encode())
    return found


def share(staff, studies):
    """A link, and how many objects were left out of it; nothing where none could be lent."""
    made = staff.share(studies, None, clean=True, may="download")
    if "shares" not in made:
        assert made["detail"].startswith(NONE_CLEAN), made
        return None, None
    return made["shares"][0], made["leftOut"]


def lent(server, staff, judge, clean):
    """Shares each patient; how many objects went out, and for how many patients there was none."""
    sum_of, without = 0, 0
    for patient, studies, instances in by_patient():
        there = held_by(staff, studies)
        assert there <= set(map(number, instances)), there
        expected = {number(each) for each in instances} & there & clean
        assert not expected & {number(each) for each in instances if may_not_leave(each)}
        made, left_out = share(staff, studies)
        assert (made is None) == (not expected), (patient, expected)
        if made is None:
            without += 1
            continue
        assert left_out == len(there) - len(expected), (patient, left_out, there, expected)
        secrets = Secrets(judge, patient)
        recipient = Watched(server, made["url"], secrets)
        recipient.prove(passcode=made["passcode"])
        shown = recipient.accept()
        assert shown["clean"] and shown["download"]["files"] == len(expected), shown["download"]
        assert through_dicomweb(recipient, studies) == expected, patient
        assert through_the_zip(recipient, secrets) == expected, patient
        print(f"{patient}: {len(expected)} of {len(there)} objects, {recipient.answers} answers")
        sum_of += len(expected)
    return sum_of, without


def finds_what_is_there(judge):
    """Each original gives itself away: what looks for secrets would see them."""
    for patient, _, instances in by_patient():
        secrets = Secrets(judge, patient)
        for each in instances:
            try:
                secrets.none_in(each["file"], (planted() / each["file"]).read_bytes())
            except AssertionError:
                continue
            raise AssertionError(f"nothing is found in {each['file']}")


skip_without()
judge = scorer()
finds_what_is_there(judge)
with house() as server, tempfile.TemporaryDirectory() as folder:
    clean = released(folder)
    # One file names another issuer for its patient within a study, and is refused.
    told = json.loads(server.run("import", planted() / "in", "--json", fails=True))
    assert told["stored"] >= 36 and len(told["refused"]) + told["stored"] == 42, told
    staff = Staff(server)
    count, without = lent(server, staff, judge, clean)
    assert count >= 20 and without >= 1, (count, without)
    print(f"{count} clean copies in links, and no identifier in any answer")
