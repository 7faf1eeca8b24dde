"""`lightcase deid` on files with planted identifiers, judged by the scorer of the corpus: nothing left
that must go, nothing gone that must stay, for the Basic Profile and under every option."""

import pathlib
import tempfile

import pydicom
from _corpus import WORD, answer_key, planted, profile, score, skip_without
from _deid import deid, files, key, quarantine

DOCUMENTS = "1.2.840.10008.5.1.4.1.1.104."


def may_not_leave():
    """Instance numbers of documents, and of images with text burned into them."""
    return {
        instance["match"]["instance_number"]
        for instance in answer_key()["instances"]
        if instance["sop_class"].startswith(DOCUMENTS)
        or any(text["kind"] == "phi" for text in instance["burned"])
    }


def numbers(folder):
    images = (pydicom.dcmread(path, stop_before_pixels=True) for path in files(folder).values())
    return sorted(int(image.InstanceNumber) for image in images)


def judged(folder, options):
    out = folder / "-".join(["out", *options])
    words = ("--profile", profile(folder, options), "--key", key(folder))
    done = deid(planted() / "in", out, *words)
    assert done.returncode == 1 and "refused" not in done.stdout, done.stdout
    figures, said = score(out, options, "--strict")
    assert len(figures) == 6 and not any(figures.values()), (options, said)
    held = numbers(quarantine(out))
    assert set(held) == may_not_leave(), (options, held)
    assert sorted(held + numbers(out)) == sorted(
        instance["match"]["instance_number"] for instance in answer_key()["instances"]
    )


skip_without()
with tempfile.TemporaryDirectory() as folder:
    judged(pathlib.Path(folder), ["clean_pixel_data"])
    for option in WORD:
        if option != "clean_pixel_data":
            judged(pathlib.Path(folder), ["clean_pixel_data", option])
    print(f"{len(WORD)} profiles, {len(may_not_leave())} objects held in each")
