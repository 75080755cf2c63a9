"""The programs that make the job, in the table's order. A program that is added gets a file and a line here."""
from pathlib import Path

from programs.editly import Editly
from programs.encode_only import EncodeOnly
from programs.melt import Melt
from programs.moviepy import MoviePy
from programs.program import Program
from programs.reeld import Reeld
from programs.zoompan import Zoompan


def all_programs(build: Path, work: Path) -> list[Program]:
    reeld, zoompan = Reeld(build, work), Zoompan()
    frames_from = zoompan if reeld.missing() else reeld
    return [EncodeOnly(frames_from, work), reeld, zoompan, Zoompan(upscaled_to=8000), Melt(), Editly(), MoviePy()]
