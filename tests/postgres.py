"""A PostgreSQL server of the tests' own, on loopback, in a temporary folder."""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType


def _binaries() -> Path:
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    if not found:
        raise RuntimeError("PostgreSQL is missing: apt-get install postgresql")
    return Path(found[-1]).parent


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PostgreSQL:
    """Starts on entry, stops by its own data folder on exit; new_database() gives a URL of an empty database."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="rockrobot-postgresql-"))
        self.port = free_port()
        self._count = 0

    def _run(self, *command: str) -> None:
        user = "postgres" if os.geteuid() == 0 else None
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            user=user,
            group=user,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        )

    def __enter__(self) -> "PostgreSQL":
        data, binaries = self.folder / "data", _binaries()
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self._run(str(binaries / "initdb"), "-D", str(data), "-U", "tests", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = (
            f"-h 127.0.0.1 -p {self.port} -k '' -F -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"
            " -c gin_pending_list_limit=64kB"  # nobody vacuums: what waits to be indexed is read by every search
        )
        self._run(
            str(binaries / "pg_ctl"), "-D", str(data), "-w", "-o", options, "-l", str(self.folder / "log"), "start"
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run(str(_binaries() / "pg_ctl"), "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of a database on this server."""
        return f"postgresql+psycopg://tests@127.0.0.1:{self.port}/{name}"

    def new_database(self) -> str:
        """The URL of a new, empty database."""
        self._count += 1
        name = f"tests_{self._count}"
        self._run(str(_binaries() / "createdb"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "tests", name)
        return self.url(name)
