"""A server with two phantoms in it, gone when the block ends."""

import contextlib
import json
import os
import subprocess


@contextlib.contextmanager
def server():
    command = [os.environ["LIGHTCASE_TESTKIT"], "lightcase"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        assert line, "the server did not start"
        try:
            yield json.loads(line)
        finally:
            process.stdin.close()


def phantom(folder, **options):
    """Writes a phantom study; its description."""
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    command = [os.environ["LIGHTCASE_TESTKIT"], "phantom", "--out", str(folder), *words]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
