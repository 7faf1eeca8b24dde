"""Clean objects as dicom3tools' dciodvfy judges them: no kind of error that their originals did not have."""

import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import pydicom
from _corpus import corpus, planted
from _deid import deid, files, key, quarantine
from _server import phantom

PROFILES = (None, "profiles/longitudinal.toml")
# dciodvfy inflates nothing, and reads 100,000 items of a sequence for minutes. Of what is broken on
# purpose it says what it meets first, so that two of its answers cannot be compared.
DEFLATED = ("1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205")
BROKEN = "malformed"
KNOWN = {
    # Siemens wrote this flag as a Long String, and a value under another VR than its own does not stay.
    "Error - Unrecognized enumerated value <> for value 1 of attribute <Completion Flag>",
}


def skip_without():
    if shutil.which("dciodvfy") is None:
        print("skipped: dciodvfy of dicom3tools not found")
        sys.exit(77)


def errors(path):
    """The kinds of error in an object: the sentences without the values that they quote."""
    done = subprocess.run(["dciodvfy", str(path)], capture_output=True, timeout=60)
    said = (done.stdout + done.stderr).decode(errors="replace")
    return {kind(line) for line in said.splitlines() if "Error - " in line}


def kind(line):
    line = re.sub(r"value <[^>]*>", "value <>", line)
    return re.sub(r"<[0-9.]+>", "<>", line)


def pairs(source, out, report):
    """Each original with its clean copy, by what the certificate says of them."""
    originals = {
        hashlib.sha256(path.read_bytes()).hexdigest(): path
        for path in sorted(source.rglob("*"))
        if path.is_file()
    }
    copies = {path.stem: path for place in (out, quarantine(out)) for path in files(place).values()}
    for done in json.loads(report.read_text())["objects"]:
        original, copy = originals[done["digest_before"]], copies[done["sop_instance"]]
        syntax = pydicom.filereader.read_file_meta_info(copy).TransferSyntaxUID
        if BROKEN not in original.parts and syntax not in DEFLATED:
            yield original, copy


def judged(folder, source):
    """How many objects were looked at; fails when a copy has a new kind of error."""
    count, worse = 0, {}
    for number, profile in enumerate(PROFILES):
        out, report = folder / f"out{number}", folder / f"report{number}.json"
        how = [] if profile is None else ["--profile", profile]
        deid(source, out, *how, "--key", key(folder), "--report", report)
        for original, copy in pairs(source, out, report):
            count += 1
            for new in errors(copy) - errors(original) - KNOWN:
                worse.setdefault(new, []).append(f"{original.relative_to(source)} ({profile})")
    told = [f"{new}\n    {len(where)}, like {where[0]}" for new, where in sorted(worse.items())]
    assert not worse, "\n".join([f"{source}: new errors", *told])
    return count


def main():
    skip_without()
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        phantom(pathlib.Path(folder) / "in", kind="all", slices=4, seed=3)
        count += judged(pathlib.Path(folder), pathlib.Path(folder) / "in")
    if corpus() is None:
        print("without LIGHTCASE_CORPUS: phantoms only")
    else:
        for source in (planted() / "in", corpus() / "public"):
            with tempfile.TemporaryDirectory() as folder:
                count += judged(pathlib.Path(folder), source)
    print(f"{count} clean objects without a new kind of error")


main()
