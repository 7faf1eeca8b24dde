"""`lightcase deid` on phantoms: nobody's name comes out, what may not leave is held beside, a run that
was killed goes on, and neither the number of jobs nor a crash changes a byte."""

import hashlib
import json
import os
import pathlib
import re
import resource
import signal
import struct
import subprocess
import tempfile

import pydicom
from _deid import command, contents, deid, files, key, quarantine, refusal
from _house import until
from _server import phantom
from pydicom.encaps import encapsulate
from pydicom.uid import RLELossless

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
    refusal(folder / "nowhere", folder / "none", "--key", key(folder))
    (folder / "nothing").mkdir()
    assert "no file" in refusal(folder / "nothing", folder / "none", "--key", key(folder))
    (folder / "wrong.toml").write_text('name = "wrong"\noptions = ["nonsense"]\n')
    for profile in ("wrong.toml", "none.toml"):
        assert profile in refusal(source, folder / "none", "--profile", folder / profile)
    assert not (folder / "none").exists()
    # Copies within the originals would be cleaned again.
    for inside in (source, source / "deep" / "out"):
        assert "beside" in refusal(source, inside, "--key", key(folder)) and not (source / "deep").exists()
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
    # What was there had been noted.
    made_again = [name for name, was in there.items() if (out / name).stat().st_ino != was.st_ino]
    assert not made_again, made_again
    left = [path for path in quarantine(out).rglob("*") if path.name != "journal"]
    assert not left, left
    # What was there is looked at again: a copy that was damaged is made anew.
    damaged = files(out)[next(iter(there))]
    damaged.write_bytes(damaged.read_bytes()[:-2])
    assert deid(source, out, "--key", key(folder)).returncode == 0
    assert contents(out) == contents(whole)


def one_at_a_time(folder):
    """Two runs into one folder: the second says so, and nothing of it is there."""
    source, out = folder / "many", folder / "twice"
    running = subprocess.Popen(command(source, out, "--key", key(folder), "--jobs", 1), stdout=subprocess.DEVNULL)
    until(lambda: len(files(out)) >= 3)
    running.send_signal(signal.SIGSTOP)
    # It goes on until it is told to be stopped.
    os.waitpid(running.pid, os.WUNTRACED)
    there = contents(out)
    assert "another `lightcase deid` works on" in refusal(folder / "in", f"{out}/.", "--key", key(folder))
    assert contents(out) == there
    running.send_signal(signal.SIGCONT)
    assert running.wait() == 0
    assert contents(out) == contents(folder / "whole")


def beside(folder):
    """However OUT is called, nothing lies in it but clean copies."""
    for number, name in enumerate(("slash/", "./dots/../dotted/", "here/.", ".")):
        cwd = folder / "deep" / str(number) / "cwd"
        cwd.mkdir(parents=True)
        for part in ("dots", "here"):
            (cwd / part).mkdir()
        words = command(folder / "in", name)
        done = subprocess.run(words, cwd=cwd, capture_output=True, text=True)
        assert done.returncode == 0, done
        out = (cwd / name).resolve()
        assert {path.suffix for path in out.rglob("*") if path.is_file()} == {".dcm"}, name
        assert out.with_name(f"{out.name}.key").is_file() and quarantine(out).is_dir(), name


def apart(folder):
    """Key, report and certificates lie neither among images nor, but for these, with certificates."""
    source, out = folder / "in", folder / "apart"
    before, keyed = contents(source), ("--key", key(folder))
    for among, place in (("originals", source), ("clean copies", out), ("what is held", quarantine(out))):
        for word in ("--key", "--report", "--certificates"):
            for inside in (place / "x", place / "deep" / "x"):
                said = refusal(source, out, word, inside)
                assert "among " in said and among in said and "name a place beside" in said, said
    for words in (("--report", folder / "hand" / "r.json", *keyed), ("--key", folder / "hand" / "key")):
        said = refusal(source, out, "--certificates", folder / "hand", *words)
        assert "among the certificates" in said, said
    assert "both key and report" in refusal(source, out, *keyed, "--report", key(folder))
    # What cannot be written is found before anything is cleaned.
    file = folder / "a file"
    file.write_text("stays")
    wrong = [("--report", folder / "none" / "r.json"), ("--report", folder), ("--report", file / "r.json")]
    for words in (*wrong, ("--certificates", file), ("--certificates", file / "c")):
        assert "cannot be" in refusal(source, out, *keyed, *words)
    assert not out.exists() and not quarantine(out).exists() and not (folder / "hand").exists()
    assert contents(source) == before and not list(source.rglob("x")) and file.read_text() == "stays"


def full(folder):
    """A run that cannot write is not one that held something, and the next one goes on."""
    source, out, report = folder / "in", folder / "full", folder / "full.json"
    words = ("--key", key(folder), "--report", report, "--certificates", folder / "full.certificates")
    # SIGXFSZ stays ignored, as Python has it, so that writing fails as on a full disk.
    done = subprocess.run(
        command(source, out, *words),
        capture_output=True,
        text=True,
        restore_signals=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )
    assert done.returncode == 2 and "cannot be written" in done.stderr and not done.stdout, done
    assert not report.exists() and not list((folder / "full.certificates").iterdir())
    assert deid(source, out, *words).returncode == 0
    assert len(files(out)) == len(files(source)) and report.exists()


def unfinished(folder):
    """What a run that was killed while it wrote certificates has left goes, and nothing else does."""
    source, out, made, place = folder / "in", folder / "swept", folder / "swept.certificates", folder / "reports"
    for each in (made, place):
        each.mkdir()
    left = [made / ".2.25.1.json.aB3xYz.part", made / ".2.25.1.html.aB3xYz.part", place / ".r.json.aB3xYz.part"]
    stays = [made / ".tmpaB3xYz", made / ".notes.json.aB3xYz.part", place / ".other.json.aB3xYz.part"]
    for path in left + stays:
        path.write_text("half")
    assert deid(source, out, "--key", key(folder), "--certificates", made, "--report", place / "r.json").returncode == 0
    assert not [path for path in left if path.exists()] and all(path.exists() for path in stays)
    hidden = [path for each in (made, place) for path in each.iterdir() if path.name.startswith(".")]
    assert sorted(hidden) == sorted(stays), hidden


def doubled(folder):
    """Of two files with one SOP Instance UID the first is taken, whichever is done first."""
    source = folder / "doubled"
    source.mkdir()
    image = pydicom.dcmread(next(iter(files(folder / "in").values())))
    small, rows = image.PixelData, image.Rows
    for number in range(6):
        image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{number // 3}"
        # The first ones take longest.
        times = 20 if number % 3 == 0 else 1
        image.Rows = rows * times
        image.PixelData = small * times if times > 1 else bytes([number]) * len(small)
        image.save_as(source / f"{number}.dcm")
    made = []
    for jobs in (1, 2, 6):
        out = folder / f"doubled{jobs}"
        for _ in range(2):
            done = deid(source, out, "--key", key(folder), "--jobs", jobs)
            assert done.returncode == 1 and "2 clean" in done.stdout, done
            refused = re.findall(r"(\d)\.dcm: another file has its SOP Instance UID", done.stdout)
            assert refused == ["1", "2", "4", "5"], done.stdout
        made.append(contents(out))
    assert made[0] == made[1] == made[2] and len(made[0]) == 2


def another_project(folder):
    """One folder holds what one profile under one key made; what went away is no hindrance."""
    source, out, keyed = folder / "in", folder / "projects", ("--key", key(folder))
    profile = folder / "uids.toml"
    profile.write_text('name = "uids"\noptions = ["clean-pixel-data", "retain-uids"]\n')
    assert deid(source, out, *keyed).returncode == 0
    before = contents(out)
    said = refusal(source, out, *keyed, "--profile", profile)
    assert "another profile" in said and contents(out) == before, said
    for path in files(out).values():
        path.unlink()
    done = deid(source, out, *keyed, "--profile", profile)
    assert done.returncode == 0 and len(files(out)) == len(before), done
    # An original that was mended takes the place of what it was.
    mended = folder / "mended"
    mended.mkdir()
    image = pydicom.dcmread(next(iter(files(source).values())))
    for kind in ("ORIGINAL\\SECONDARY", "ORIGINAL\\PRIMARY", "ORIGINAL\\SECONDARY"):
        image.ImageType = kind
        image.save_as(mended / "one.dcm")
        done = deid(mended, folder / "mended.out", *keyed)
        held = kind != "ORIGINAL\\PRIMARY"
        assert done.returncode == int(held), done
        assert len(files(folder / "mended.out")) == int(not held), kind
        assert len(files(quarantine(folder / "mended.out"))) == int(held), kind


def rle(plane):
    """A frame of 16 bits in RLE Lossless: two segments of literal runs, the high bytes first."""
    parts = []
    for values in (plane[1::2], plane[0::2]):
        runs = [values[at : at + 128] for at in range(0, len(values), 128)]
        part = b"".join(bytes([len(run) - 1]) + run for run in runs)
        parts.append(part + b"\x80" * (len(part) % 2))
    return struct.pack("<16I", 2, 64, 64 + len(parts[0]), *[0] * 13) + b"".join(parts)


def compressed(folder):
    """Known regions are blanked in compressed frames too, and what is held goes out once approved."""
    source, out, keyed = folder / "rle", folder / "rle.out", ("--key", key(folder))
    source.mkdir()
    image = pydicom.dcmread(next(iter(files(folder / "in").values())))
    assert image.BitsAllocated == 16, image.BitsAllocated
    plane, (rows, columns) = image.PixelData, (image.Rows, image.Columns)
    image.PixelData = encapsulate([rle(plane)])
    image["PixelData"].VR, image["PixelData"].is_undefined_length = "OB", True
    image.file_meta.TransferSyntaxUID = RLELossless
    image.Manufacturer, image.ManufacturerModelName = "ACME", "Writer"
    image.BurnedInAnnotation = "YES"
    image.save_as(source / "one.dcm")
    profile = folder / "device.toml"
    profile.write_text(f'''name = "device"
options = ["clean-pixel-data"]
[[device]]
manufacturer = "ACME"
model = "Writer"
rows = {rows}
columns = {columns}
regions = [[0, 0, {columns}, 4]]
''')
    black = bytes(4 * columns * 2) + plane[4 * columns * 2 :]
    for _ in range(2):
        done = deid(source, out, *keyed, "--profile", profile, "--report", folder / "rle.json")
        assert done.returncode == 0 and "1 clean" in done.stdout, done
    (made,) = map(pydicom.dcmread, files(out).values())
    assert made.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1" and made.PixelData == black
    assert made.BurnedInAnnotation == "NO" and not files(quarantine(out))
    (noted,) = json.loads((folder / "rle.json").read_text())["objects"]
    (path,) = files(out).values()
    assert noted["digest_after"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert noted["blanked"] == [{"x": 0, "y": 0, "width": columns, "height": 4}], noted

    # Without the profile somebody must look, and says what is to be black.
    out = folder / "looked"
    done = deid(source, out, *keyed, "--report", folder / "looked.json")
    assert done.returncode == 1 and not files(out), done
    (held,) = files(quarantine(out)).values()
    approve = [os.environ["LIGHTCASE_BIN"], "deid", "--approve", str(held)]
    words = ["--region", f"0,0,{columns},4", "--reason", "a name of Quillerby"]
    done = subprocess.run([*approve, "--region", f"{columns},0,1,4", *words[2:]], capture_output=True, text=True)
    assert done.returncode == 1 and "outside the image" in done.stderr and held.is_file(), done
    done = subprocess.run([*approve, *words], capture_output=True, text=True)
    assert done.returncode == 0 and not held.exists(), done
    for _ in range(2):
        done = deid(source, out, *keyed, "--report", folder / "looked.json")
        assert done.returncode == 0 and "1 clean" in done.stdout, done
        (path,) = files(out).values()
        assert pydicom.dcmread(path).PixelData == black
        report = (folder / "looked.json").read_text()
        (decision,) = json.loads(report)["decisions"]
        assert decision["decision"] == "approved" and "Quillerby" not in report, report
        assert json.loads(report)["objects"][0]["digest_after"] == hashlib.sha256(path.read_bytes()).hexdigest()


def certificates(folder):
    """One for each clean study, to hand out and to print, and the same however many runs there were."""
    source, out, made, report = folder / "mixed-up", folder / "studies", folder / "certificates", folder / "studies.json"
    told = identity(folder / "in")
    subprocess.run(["cp", "-r", folder / "in", source], check=True)
    paths = list(files(source).values())
    for path, keyword, value in ((paths[0], "PatientID", "Quillerby"), (paths[-1], "SOPClassUID", "1.2.3.4")):
        image = pydicom.dcmread(path)
        setattr(image, keyword, value)
        image.save_as(path)
    (source / "notes.txt").write_text("not DICOM at all")
    words = ("--key", key(folder), "--certificates", made)
    for wrong in (source / "deep" / "certificates", out, out / "certificates", quarantine(out)):
        assert "beside" in refusal(source, out, *words[:3], wrong) and not out.exists(), wrong
    done = deid(source, out, *words, "--report", report)
    assert done.returncode == 1 and "more than one patient: 1" in done.stdout, done
    run = json.loads(report.read_text())
    assert run["mixed_studies"] == 1 and sum(run["refused"].values()) == 2, run
    studies = {path.name for path in out.iterdir()}
    assert {path.name for path in made.iterdir()} == {f"{study}.{kind}" for study in studies for kind in ("json", "html")}
    nothing_of(told | {b"quillerby"}, made)
    of = {study: json.loads((made / f"{study}.json").read_text()) for study in studies}
    assert sorted(each["patients"] for each in of.values()) == [1, 2], of
    # What does not say which study it is of is in the report of the run only.
    assert sum(sum(each["refused"].values()) for each in of.values()) == 1, of
    for study, certificate in of.items():
        copies = {path.stem: path for path in files(out / study).values()}
        page = (made / f"{study}.html").read_text()
        assert certificate["study"] == study and len(certificate["objects"]) == len(copies), certificate
        for each in certificate["objects"]:
            digest = hashlib.sha256(copies[each["sop_instance"]].read_bytes()).hexdigest()
            assert each["digest_after"] == digest and digest in page, each
            assert each["digest_before"].startswith("hmac-sha-256:") and each["digest_before"] in page, each
        assert ("are of 2 patients" in page) == (certificate["patients"] == 2), page
        assert "<script" not in page and "://" not in page, page
    # A run over one file of a study that others have made: it is certified whole.
    before = {path.name: path.read_bytes() for path in made.iterdir()}
    (folder / "part").mkdir()
    subprocess.run(["cp", paths[1], folder / "part"], check=True)
    done = deid(folder / "part", out, *words)
    assert done.returncode == 0 and "1 clean" in done.stdout, done
    assert {path.name: path.read_bytes() for path in made.iterdir()} == before


def issued(folder):
    """An issuer that is given stands in for one that an object does not name."""
    source, keyed = folder / "issued", ("--key", key(folder))
    source.mkdir()
    image = pydicom.dcmread(next(iter(files(folder / "in").values())))
    issuer = image.IssuerOfPatientID
    for number in range(2):
        image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{number}"
        image.save_as(source / f"{number}.dcm")
        del image.IssuerOfPatientID
        image.IssuerOfPatientID = ""

    def patients(out):
        return {pydicom.dcmread(path).PatientID for path in files(out).values()}

    done = deid(source, folder / "one", *keyed, "--issuer", issuer)
    assert done.returncode == 0 and len(patients(folder / "one")) == 1, done
    assert "patient" not in done.stdout, done
    done = deid(source, folder / "two", *keyed)
    assert done.returncode == 0 and len(patients(folder / "two")) == 2, done
    assert "more than one patient: 1" in done.stdout, done
    assert "another profile, key, issuer" in refusal(source, folder / "two", *keyed, "--issuer", issuer)
    assert "backslash" in refusal(source, folder / "none", *keyed, "--issuer", "A\\B")


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
    one_at_a_time(folder)
    beside(folder)
    apart(folder)
    full(folder)
    unfinished(folder)
    doubled(folder)
    another_project(folder)
    compressed(folder)
    certificates(folder)
    issued(folder)
    explained(folder)
    print("no name came out")
