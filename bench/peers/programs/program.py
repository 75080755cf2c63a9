"""What the bench asks of a program."""
import contextlib
import subprocess
from pathlib import Path
from typing import Iterator

from job import Box, Job, box_at


class Program:
    name = ""  # for --only
    title = ""  # for people
    note = ""  # what it does otherwise than the job says
    renders = True  # makes the frames itself, so that they can be looked at

    def missing(self) -> str:
        """Why it is not here; empty where it is."""
        raise NotImplementedError

    def version(self) -> str:
        raise NotImplementedError

    def prepare(self, job: Job) -> None:
        """What may be done before the clock starts."""

    @contextlib.contextmanager
    def running(self) -> Iterator[tuple[int, ...]]:
        """Holds while a film is made; gives the processes that work beside the command."""
        yield ()

    def command(self, job: Job, out: Path) -> list[str]:
        """Makes the job's film at `out`."""
        raise NotImplementedError

    def box(self, u: float) -> Box:
        """Where it is expected to look at u, 0 to 1 through a scene."""
        return box_at(u)


def first_line(command: list[str]) -> str:
    ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
    return ran.stdout.strip().splitlines()[0]
