"""DCMTK writes an object anew in other transfer syntaxes: it is held already, and says so; another
object under the same UID is not lost under a Success."""

import pathlib
import subprocess
import tempfile

import pydicom
from _dcmtk import ENVIRONMENT, skip_without
from _house import house
from _server import phantom

WAYS = {
    "implicit": ["dcmconv", "+ti"],
    "big endian": ["dcmconv", "+tb"],
    "deflated": ["dcmconv", "+td"],
    "other lengths": ["dcmconv", "+ti", "-e", "-g"],
    "RLE": ["dcmcrle"],
}


def anew(command, source, target):
    subprocess.run([*command, str(source), str(target)], env=ENVIRONMENT, check=True)
    return target


skip_without()
with house() as server, tempfile.TemporaryDirectory() as folder:
    folder, place = pathlib.Path(folder), f"{server.title}@{server.host}:{server.port}"
    phantom(folder, kind="ct", slices=1, seed=4)
    (held,) = folder.rglob("*.dcm")

    def store(path, **how):
        return server.call("store", place, path, **how)

    assert store(held)["stored"] == 1
    other = pydicom.dcmread(held)
    other.PixelData = bytes([other.PixelData[0] ^ 1]) + other.PixelData[1:]
    other.save_as(folder / "other")
    for name, command in WAYS.items():
        same = anew(command, held, folder / "same")
        told = store(same)
        assert (told["stored"], told["refused"]) == (1, []), (name, told)
        told = store(anew(command, folder / "other", folder / "changed"), fails=True)
        assert told["stored"] == 0 and "0111" in told["refused"][0], (name, told)
    counts = [event["event"] for event in server.events()]
    assert counts.count("refused") == len(WAYS), counts
    assert counts.count("store_begun") == 1 + 2 * len(WAYS), counts
    print("compared by content")
