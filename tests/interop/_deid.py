"""The released binary's `deid`, asked from outside."""

import os
import pathlib
import subprocess

KEY = "5ca1ab1e" * 8


def command(source, out, *words):
    return [os.environ["LIGHTCASE_BIN"], "deid", *map(str, (source, out, *words))]


def deid(source, out, *words):
    """Runs to its end: exit code and all that it printed."""
    done = subprocess.run(command(source, out, *words), capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done


def refusal(source, out, *words):
    """What is said of a run that does not begin, or does not come to its end."""
    done = subprocess.run(command(source, out, *words), capture_output=True, text=True)
    assert done.returncode == 2 and not done.stdout, done
    return done.stderr


def key(folder):
    """A key that is the same in every run, so that a failure can be had again."""
    path = pathlib.Path(folder) / "project.key"
    path.write_text(KEY)
    return path


def quarantine(out):
    return pathlib.Path(f"{out}.quarantine")


def files(folder):
    """DICOM files by their paths below a folder."""
    folder = pathlib.Path(folder)
    return {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*.dcm"))}


def contents(folder):
    return {name: path.read_bytes() for name, path in files(folder).items()}
