"""Files and bytes a second, on one processor and on two, and processor time of a file.

Everybody is given the same folder and a fresh place to write to, in turns, and is told by the median of
its turns. Who is given one processor may use no other. dicom-anonymizer has no way to use two: it is
started twice then, each with half of the files. The start of the programs is part of the time of all.
Where there are folders in memory, all read and write there: a disk would be measured with the programs.

The folders are phantoms of two sizes and, where there is a corpus, its set with planted identifiers: most
kinds of objects, few bytes and many attributes of each."""

import importlib.metadata
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).parents[2] / "interop"))

from _corpus import corpus, planted

# Slices of 512 by 512, and series of smaller ones.
LOADS = (("ct", 300), ("mr", 75))
TURNS = 5
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
KITWARE = pathlib.Path(sys.executable).with_name("dicom-anonymizer")


def lightcase(folder, out, cores):
    return [[os.environ["LIGHTCASE_BIN"], "deid", folder / "all", out, "--jobs", cores]]


def kitware(folder, out, cores):
    """It makes no folder and goes into none."""
    out.mkdir()
    parts = [folder / "all"] if cores == 1 else [folder / f"half{half}" for half in range(cores)]
    return [[KITWARE, part, out] for part in parts]


def copy(folder, out, cores):
    return [["cp", "-r", folder / "all", out]]


NAMES = {
    lightcase: "Lightcase",
    kitware: f"dicom-anonymizer {importlib.metadata.version('dicom-anonymizer')}",
    copy: "`cp -r`",
}
SETTINGS = [(lightcase, 1), (kitware, 1), (copy, 1), (lightcase, 2), (kitware, 2)]


def phantoms(folder, kind, slices):
    command = [os.environ["LIGHTCASE_TESTKIT"], "phantom", "--out", folder, "--kind", kind]
    subprocess.run([*command, "--slices", str(slices)], check=True, capture_output=True)
    return sorted(folder.rglob("*.dcm"))


def load(folder, files):
    """Files in one folder, and in two halves of it; their number and bytes."""
    for name in ("all", "half0", "half1"):
        (folder / name).mkdir()
    for number, path in enumerate(files):
        # Names of one length, whichever folder they came from.
        place = folder / "all" / f"{number:05}.dcm"
        shutil.copyfile(path, place)
        os.link(place, folder / f"half{number % 2}" / place.name)
    return len(files), sum(path.stat().st_size for path in (folder / "all").iterdir())


def processor():
    """Seconds that ended processes of this one have had."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def held(contender):
    return 1 if contender is lightcase else 0


def turn(contender, cores, folder, count):
    """Seconds from the start of its processes to the end of the last, and of processor time."""
    place = folder / "place"
    place.mkdir()
    out = place / "out"
    processors = sorted(os.sched_getaffinity(0))[:cores]
    commands = contender(folder, out, cores)
    begun, used = time.perf_counter(), processor()
    running = [
        subprocess.Popen(
            [str(word) for word in command],
            preexec_fn=lambda: os.sched_setaffinity(0, processors),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for command in commands
    ]
    said = [process.communicate()[1] for process in running]
    seconds, used = time.perf_counter() - begun, processor() - used
    # Lightcase says by 1 that something has to be looked at first, and keeps that apart.
    wrong = [process.returncode for process in running if process.returncode not in {0, held(contender)}]
    assert not wrong, (NAMES[contender], wrong, said)
    made = sum(1 for _ in place.rglob("*.dcm"))
    assert made == count, f"{NAMES[contender]} wrote {made} of {count} files"
    shutil.rmtree(place)
    return seconds, used


def run():
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        folder = pathlib.Path(folder)
        for kind, slices in LOADS:
            place = folder / kind
            place.mkdir()
            measure(place, phantoms(place / "made", kind, slices), f"{kind.upper()} slices")
        if corpus():
            place = folder / "planted"
            place.mkdir()
            files = sorted(path for path in (planted() / "in").rglob("*") if path.is_file())
            measure(place, files, "objects with planted identifiers")


def measure(folder, files, what):
    count, size = load(folder, files)
    settings = [each for each in SETTINGS if each[1] <= len(os.sched_getaffinity(0))]
    turns = {setting: [] for setting in settings}
    for number in range(TURNS + 1):
        for contender, cores in settings:
            took = turn(contender, cores, folder, count)
            # The first round fills caches.
            if number:
                turns[contender, cores].append(took)
    medians = {
        setting: [statistics.median(figures) for figures in zip(*each)]
        for setting, each in turns.items()
    }
    tell(medians, f"{count} {what}, {size / count / 1024:.0f} KiB", count, size)


def tell(medians, title, count, size):
    heads = [title, "cores", "files/s", "MB/s", "CPU ms/file", "Lightcase to it", "in CPU time"]
    print(f"\n| {' | '.join(heads)} |\n{'|---' * len(heads)}|")
    for (contender, cores), (seconds, used) in medians.items():
        ours, ours_used = medians[lightcase, cores]
        rates = f"{count / seconds:.0f} | {size / seconds / 1e6:.0f} | {used / count * 1e3:.2f}"
        ratios = f"{seconds / ours:.1f} | {used / ours_used:.1f}"
        print(f"| {NAMES[contender]} | {cores} | {rates} | {ratios} |", flush=True)
