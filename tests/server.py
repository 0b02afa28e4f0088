"""The running app as its users have it: web and worker as processes on loopback, on a data folder of their own."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from tests.postgres import free_port

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "kivirobotti-demo"
SECRET = "secret-of-a-server-in-the-tests-0123456789"


class Server:
    """Commands, web and worker on one data folder; each process leads a group of its own, ended by its id."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "ROCKROBOT_ENV": "development",
            "ROCKROBOT_DEMO": "1",
            "ROCKROBOT_SECRET_KEY": SECRET,
            "ROCKROBOT_DATA_DIR": str(folder),
            "ROCKROBOT_BASE_URL": self.base,
        }
        self.environment.pop("ROCKROBOT_DATABASE_URL", None)
        self.environment |= settings or {}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def flask(self, *words: str) -> str:
        """What a command printed; raises CalledProcessError when it failed."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True)
        return done.stdout

    def furnish(self) -> None:
        """Put the demonstration's data into the folder; beside others they are made once, and copied from then on."""
        made = self.folder.with_name("demonstration")
        if not made.exists():
            first = Server(self.folder.with_name("demonstration being made"))
            first.flask("db", "upgrade")
            first.flask("demo", "load")
            first.folder.rename(made)
        shutil.copytree(made, self.folder, dirs_exist_ok=True)

    def start_web(self) -> None:
        """Start the web process and wait until it answers."""
        granian = str(Path(sys.executable).parent / "granian")
        options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)]
        self._start("web", [granian, *options, "--workers", "1", "--blocking-threads", "1", "wsgi:app"])
        wait_for(self.base + "/health", host=urlsplit(self.environment["ROCKROBOT_BASE_URL"]).netloc)

    def start_worker(self) -> None:
        self._start("worker", [sys.executable, "-m", "flask", "--app", "wsgi", "worker"])

    def _start(self, name: str, command: list[str]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, start_new_session=True, stdout=log, stderr=log
            )

    @property
    def log(self) -> str:
        """What web and worker have said so far."""
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def kill(self, name: str) -> None:
        """End a process and its children at once, as a power cut would."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """End what still runs, in good order."""
        for process in self.processes.values():
            process.terminate()
            process.wait(timeout=20)
        self.processes.clear()


def wait_for(url: str, *, host: str = "") -> None:
    """Wait until an address answers, to this name; raises RuntimeError when it does not within 20 seconds."""
    asked = urllib.request.Request(url, headers={"Host": host} if host else {})  # noqa: S310 (our own address)
    for _ in range(200):
        try:
            urllib.request.urlopen(asked, timeout=1).read()  # noqa: S310 (our own address)
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")
