"""The first command that anybody tries: the demonstration checks itself and ends."""

import os
import pathlib
import subprocess
import tempfile

from _server import phantom

with tempfile.TemporaryDirectory() as folder:
    studies = pathlib.Path(folder) / "studies"
    phantom(studies)
    words = [os.environ["LIGHTCASE_BIN"], "demo", "--studies", str(studies), "--once"]
    said = subprocess.run(words, capture_output=True, text=True, timeout=300)
    print(said.stdout, said.stderr, sep="\n")
    assert said.returncode == 0, said.returncode
    assert (said.stdout + said.stderr).count("✓") >= 4
