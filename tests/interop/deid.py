"""`lightcase deid` on phantoms: nobody's name comes out, what may not leave is held beside, a run that
was killed goes on, and neither the number of jobs nor a crash changes a byte."""

import json
import os
import pathlib
import re
import subprocess
import tempfile

import pydicom
from _deid import command, contents, deid, files, key, quarantine
from _house import until
from _server import phantom

NAMING = """PatientName PatientID IssuerOfPatientID PatientBirthDate PatientAddress PatientComments
AccessionNumber StudyDate ReferringPhysicianName PerformingPhysicianName OperatorsName InstitutionName
StationName DeviceSerialNumber StudyDescription SeriesDescription StudyInstanceUID SeriesInstanceUID
SOPInstanceUID FrameOfReferenceUID""".split()
IMAGE = ("Modality", "Rows", "Columns", "PixelSpacing", "ImagePositionPatient", "SliceThickness", "PixelData")


def identity(folder):
    """What tells whose the objects of a folder are; of a name also its parts."""
    told = set()
    for path in files(folder).values():
        image = pydicom.dcmread(path)
        for keyword in NAMING:
            value = str(image.get(keyword) or "")
            told.update([value, *(value.split("^") if "Name" in keyword else [])])
    told = {each.lower().encode() for each in told if len(each) > 4}
    assert len(told) > 20, told
    return told


def nothing_of(told, folder):
    """Neither paths nor bytes hold any of it."""
    for path in sorted(pathlib.Path(folder).rglob("*")):
        name = str(path.relative_to(folder)).encode()
        held = (name + (path.read_bytes() if path.is_file() else b"")).lower()
        assert not (found := [each for each in told if each in held]), (path, found)


def by_number(folder):
    images = map(pydicom.dcmread, files(folder).values())
    return {(image.Modality, image.SeriesNumber, image.InstanceNumber): image for image in images}


def clean(folder):
    """All of it may leave: exit code 0, and the images are what they were."""
    source, out, report = folder / "in", folder / "out", folder / "report" / "report.json"
    report.parent.mkdir()
    done = deid(source, out, "--report", report)
    count = len(files(source))
    assert done.returncode == 0 and f"{count} clean" in done.stdout, done
    made = folder / "out.key"
    assert re.fullmatch("[0-9a-f]{64}\n", made.read_text()) and made.stat().st_mode & 0o77 == 0
    told = identity(source)
    nothing_of(told, out)
    nothing_of(told, quarantine(out))
    assert not files(quarantine(out))
    before, after = by_number(source), by_number(out)
    assert before.keys() == after.keys() and len(after) == count
    for place, image in after.items():
        assert image.PatientIdentityRemoved == "YES", place
        for keyword in IMAGE:
            assert image[keyword].value == before[place][keyword].value, (place, keyword)
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "PatientID"):
        pairs = {(before[place].get(keyword), after[place].get(keyword)) for place in after}
        assert len(pairs) == len({old for old, _ in pairs}) == len({new for _, new in pairs}), pairs
    certificate = json.loads(report.read_text())
    assert (certificate["released"], certificate["held"], certificate["refused"]) == (count, 0, {})
    nothing_of(told, report.parent)

    # The same key says the same again; another one makes another project.
    again, other = folder / "again", folder / "other"
    assert deid(source, again, "--key", made).returncode == 0
    assert contents(again) == contents(out)
    assert deid(source, other).returncode == 0
    assert not contents(other).keys() & contents(out).keys()


def held_and_refused(folder):
    """What may not leave makes the exit code 1 and stops nothing else."""
    source, out = folder / "in", folder / "mixed"
    wrong = folder / "wrong"
    subprocess.run(["cp", "-r", source, wrong], check=True)
    first, second = list(files(wrong).values())[:2]
    screen = pydicom.dcmread(first)
    screen.ImageType = ["DERIVED", "SECONDARY", "SCREEN SAVE"]
    screen.save_as(first)
    second.write_bytes(second.read_bytes()[:600])
    (wrong / "notes.txt").write_text("not DICOM at all")
    (wrong / "empty.dcm").write_bytes(b"")
    done = deid(wrong, out, "--key", key(folder), "--report", folder / "mixed.json")
    assert done.returncode == 1, done
    told = identity(source)
    for place in (out, quarantine(out)):
        nothing_of(told, place)
    count = len(files(source))
    assert len(files(out)) == count - 2 and f"{count - 2} clean" in done.stdout, done.stdout
    (held,) = map(pydicom.dcmread, files(quarantine(out)).values())
    assert held.SOPInstanceUID in done.stdout and held.PatientIdentityRemoved == "YES"
    assert held.PixelData == screen.PixelData
    certificate = json.loads((folder / "mixed.json").read_text())
    assert (certificate["released"], certificate["held"]) == (count - 2, 1), certificate
    for name in (second.name, "notes.txt", "empty.dcm"):
        assert re.search(rf"{re.escape(name)}: \w+", done.stdout), (name, done.stdout)
    assert sum(certificate["refused"].values()) == done.stdout.count("\n  ") - 1 >= 3, done.stdout
    # A run that cannot begin says that nothing is clean.
    done = deid(folder / "nowhere", folder / "none", "--key", key(folder))
    assert done.returncode == 1 and not done.stdout and not (folder / "none").exists(), done
    (folder / "nothing").mkdir()
    done = deid(folder / "nothing", folder / "none", "--key", key(folder))
    assert done.returncode == 1 and "no file" in done.stderr, done
    # Copies within the originals would be cleaned again.
    for inside in (source, source / "deep" / "out"):
        done = deid(source, inside, "--key", key(folder))
        assert done.returncode == 1 and "beside" in done.stderr and not (source / "deep").exists(), done
    # What is left out is said.
    (folder / "links").mkdir()
    (folder / "links" / "one.dcm").symlink_to(first)
    (folder / "links" / "two.dcm").write_bytes(next(iter(files(source).values())).read_bytes())
    done = deid(folder / "links", folder / "linked", "--key", key(folder))
    assert done.returncode == 0 and "1 clean" in done.stdout and "1 symbolic links" in done.stderr, done


def jobs(folder):
    for count in (1, 2):
        out = folder / f"jobs{count}"
        assert deid(folder / "in", out, "--key", key(folder), "--jobs", count).returncode == 0
    assert contents(folder / "jobs1") == contents(folder / "jobs2") != {}


def killed(folder):
    """SIGKILL in the middle; what was there is not made again, and all is as if nothing had been."""
    source, out, whole = folder / "many", folder / "killed", folder / "whole"
    phantom(source, kind="ct", slices=200, seed=9)
    count = len(files(source))
    assert deid(source, whole, "--key", key(folder), "--report", folder / "whole.json").returncode == 0
    for jobs, until_there in ((1, 10), (2, 60)):
        words = ("--key", key(folder), "--jobs", jobs)
        process = subprocess.Popen(command(source, out, *words), stdout=subprocess.DEVNULL)
        until(lambda: len(files(out)) >= until_there)
        process.kill()
        process.wait()
        there = {name: path.stat() for name, path in files(out).items()}
        assert until_there <= len(there) < count, "it was over before it was killed"
        assert contents(out).items() <= contents(whole).items()
    done = deid(source, out, "--key", key(folder), "--jobs", 1, "--report", folder / "killed.json")
    assert done.returncode == 0 and f"{count} clean" in done.stdout, done
    assert contents(out) == contents(whole)
    assert (folder / "killed.json").read_bytes() == (folder / "whole.json").read_bytes()
    # One job may have written a file that it had not noted yet; two jobs, two.
    made_again = [name for name, was in there.items() if (out / name).stat().st_ino != was.st_ino]
    assert len(made_again) <= 2, made_again
    left = [path for path in quarantine(out).rglob("*") if path.name != "journal"]
    assert not left, left


def explained(folder):
    path = next(iter(files(folder / "in").values()))
    words = [os.environ["LIGHTCASE_BIN"], "deid", "--explain", str(path)]
    done = subprocess.run(words, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and lines[0].split() == ["ATTRIBUTE", "OUTCOME", "WHY"], done
    assert any(re.match(r"PatientName +\w+ +\w+", line) for line in lines), done.stdout
    assert len(lines) > 40 and lines[-1] == "The object would be released.", lines[-1]
    private = [each.decode() for each in identity(folder / "in") if each in done.stdout.lower().encode()]
    assert not private, private


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    phantom(folder / "in", kind="all", slices=8, seed=5)
    clean(folder)
    held_and_refused(folder)
    jobs(folder)
    killed(folder)
    explained(folder)
    print("no name came out")
