"""Several tools on the planted set of the corpus, each as it comes, judged by the scorer of the corpus.

A file that a tool fails on alone is not given to it again; the others are cleaned together in one run, so
that a tool that remembers UIDs can. Orthanc is asked for whole patients, for the same reason."""

import datetime
import importlib.metadata
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import types

import pydicom

sys.path.append(str(pathlib.Path(__file__).parents[2] / "interop"))

from _corpus import planted, score, skip_without
from _house import free_port
from _orthanc import orthanc

COLUMNS = {
    "leaks": "leaks",
    "leaks_beyond_table": "outside the table",
    "integrity": "integrity",
    "over_removal": "over-removal",
    "pixel": "texts in pixels",
    "conformance": "notes",
}


def beside(program):
    return pathlib.Path(sys.executable).with_name(program)


def dicom_anonymizer(source, out):
    return [beside("dicom-anonymizer"), source, out]


def pydicom_deid(source, out):
    return [beside("deid"), "--outfolder", out, "identifiers", "--action", "all", "--input", source]


def lightcase(source, out, *words):
    return [os.environ["LIGHTCASE_BIN"], "deid", source, out, *words]


def ran(command):
    words = [str(word) for word in command]
    return subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def originals():
    return sorted(path for path in (planted() / "in").rglob("*") if path.is_file())


def flat(folder, paths):
    """They go into no folders below: all files beside each other, whose names differ."""
    folder.mkdir()
    for path in paths:
        shutil.copyfile(path, folder / path.name)
    return folder


def folders(command, folder, out):
    """How many files it can work on; these are cleaned in one run."""
    taken = []
    for number, path in enumerate(originals()):
        source, target = flat(folder / f"in{number}", [path]), folder / f"out{number}"
        target.mkdir()
        done = ran(command(source, target))
        if done.returncode == 0 and any(target.iterdir()):
            taken.append(path)
    out.mkdir()
    done = ran(command(flat(folder / "in", taken), out))
    assert done.returncode == 0, done.stderr[-2000:]
    return len(taken)


def with_classes(out, copies):
    """A default of deid takes away the SOP Class UID, without which the scorer reads no file; copies
    that have it back, so that the rest of them can be judged."""
    shutil.copytree(out, copies)
    for path in originals():
        image = pydicom.dcmread(copies / path.name)
        image.SOPClassUID = pydicom.dcmread(path, stop_before_pixels=True).SOPClassUID
        image.save_as(copies / path.name, enforce_file_format=False)
    return copies


def by_orthanc(folder, out):
    nobody = types.SimpleNamespace(title="NOBODY", host="127.0.0.1", port=free_port(), certificates=None)
    out.mkdir()
    with orthanc(nobody, free_port()) as peer:
        taken = sum(peer.upload(path).ok for path in originals())
        for patient in peer.json("/patients"):
            made = peer.json(f"/patients/{patient}/anonymize", {})
            for instance in peer.json(f"/patients/{made['ID']}/instances"):
                number = instance["ID"]
                content = peer.ask(f"/instances/{number}/file").content
                (out / f"{number}.dcm").write_bytes(content)
        return taken, peer.json("/system")["Version"]


def row(name, taken, out):
    figures, _ = score(out, ["clean_pixel_data"])
    written = sum(1 for path in out.rglob("*") if path.is_file())
    cells = [name, taken, written, *(figures[column] for column in COLUMNS)]
    print(f"| {' | '.join(map(str, cells))} |", flush=True)


def run():
    skip_without()
    print(f"\n{len(originals())} files, {datetime.date.today()}\n")
    print(f"| tool | taken | written | {' | '.join(COLUMNS.values())} |")
    print(f"|{'---|' * (len(COLUMNS) + 3)}")
    version = importlib.metadata.version
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name, command in (("dicom-anonymizer", dicom_anonymizer), ("deid", pydicom_deid)):
            place = folder / name
            place.mkdir()
            taken = folders(command, place, place / "out")
            row(f"{name} {version(name)}", taken, place / "out")
        row("the same with SOP classes", taken, with_classes(place / "out", place / "classes"))
        if os.environ.get("LIGHTCASE_ORTHANC"):
            taken, number = by_orthanc(folder, folder / "orthanc")
            row(f"Orthanc {number}", taken, folder / "orthanc")
        else:
            print("skipped: Orthanc is not installed (Debian: apt-get install orthanc)")
        number = ran([os.environ["LIGHTCASE_BIN"], "--version"]).stdout.split()[1]
        for how, words in (("default", []), ("score.toml", ["--profile", "profiles/score.toml"])):
            done = ran(lightcase(planted() / "in", folder / how, *words))
            assert done.returncode == 1 and "refused" not in done.stdout, done.stdout + done.stderr
            row(f"Lightcase {number}, {how}", len(originals()), folder / how)
