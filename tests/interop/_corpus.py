"""The corpus, where there is one: files with planted identifiers, the answer key and its scorer."""

import json
import os
import pathlib
import re
import subprocess
import sys

WORD = {
    "clean_pixel_data": "clean-pixel-data",
    "clean_graphics": "clean-graphics",
    "clean_structured_content": "clean-structured-content",
    "clean_descriptors": "clean-descriptors",
    "retain_long_full_dates": "retain-full-dates",
    "retain_long_modified_dates": "retain-modified-dates",
    "retain_patient_chars": "retain-patient-characteristics",
    "retain_device_id": "retain-device-identity",
    "retain_institution_id": "retain-institution-identity",
    "retain_uids": "retain-uids",
    "retain_safe_private": "retain-safe-private",
}


def corpus():
    """Its folder; nothing where there is none."""
    folder = os.environ.get("LIGHTCASE_CORPUS")
    return pathlib.Path(folder) if folder else None


def skip_without():
    if corpus() is None:
        print("skipped: LIGHTCASE_CORPUS is not set")
        sys.exit(77)


def planted():
    return corpus() / "phi-public"


def answer_key():
    return json.loads((planted() / "answer_key.json").read_text())


def score(out, options, *words):
    """The figures of the scorer, and all that it said."""
    scorer, key = corpus() / "score_deid.py", planted() / "answer_key.json"
    command = [sys.executable, scorer, key, out, "--options", ",".join(options), *words]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True)
    result = re.search("^RESULT (.*)$", done.stdout, re.M)
    assert result, done.stdout[-2000:] + done.stderr
    figures = dict(figure.split("=") for figure in result[1].split())
    return {name: int(figure) for name, figure in figures.items()}, done.stdout


def profile(folder, options):
    """The profile of the repository for measuring, with other options."""
    text = pathlib.Path("profiles/score.toml").read_text()
    chosen = ", ".join(f'"{WORD[option]}"' for option in options)
    text, count = re.subn(r"^options = \[.*\]$", f"options = [{chosen}]", text, flags=re.M)
    assert count == 1, text
    path = pathlib.Path(folder) / "profile.toml"
    path.write_text(text)
    return path
