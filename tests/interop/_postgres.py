"""A database of one's own in the cluster of the run."""

import contextlib
import glob
import os
import secrets
import shutil
import subprocess

CLUSTER = os.environ.get("LIGHTCASE_TEST_POSTGRES")


def _run(program, url, *words):
    beside = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{program}"))
    path = shutil.which(program) or beside[-1]
    done = subprocess.run([path, *words, "--dbname", url], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class Database:
    def __init__(self, url):
        self.url = url

    def execute(self, sql):
        """Unaligned rows."""
        quietly = ["--no-psqlrc", "--quiet", "--no-align", "--tuples-only"]
        return _run("psql", self.url, *quietly, "--set=ON_ERROR_STOP=1", "--command", sql).decode().strip()

    def dump(self, *words):
        """What `pg_dump` writes of its rows."""
        return _run("pg_dump", self.url, "--data-only", *words)


@contextlib.contextmanager
def database():
    name = f"t{secrets.token_hex(8)}"
    cluster = Database(CLUSTER)
    cluster.execute(f"CREATE DATABASE {name} TEMPLATE template1")
    try:
        yield Database(f"{CLUSTER.rsplit('/', 1)[0]}/{name}")
    finally:
        cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")
