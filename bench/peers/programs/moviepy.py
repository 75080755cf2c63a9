"""MoviePy, a Python video editor: moviepy_film.py is the program, run with the Python that has MoviePy."""
import json
import os
import subprocess
import sys
from pathlib import Path

from job import AUDIO_BITRATE, FPS, HEIGHT, WIDTH, Job, box_at
from programs.program import Program, first_line

HERE = Path(__file__).resolve()
INSTALLED = HERE.parents[3] / ".cache/peers/moviepy/bin/python3"
FILM = HERE.parents[1] / "moviepy_film.py"


class MoviePy(Program):
    name, title = "moviepy", "MoviePy"
    note = "resizes the full picture for every frame and places it at whole pixels"

    def __init__(self) -> None:
        self._python = os.environ.get("MOVIEPY_PYTHON") or (str(INSTALLED) if INSTALLED.exists() else sys.executable)

    def missing(self) -> str:
        tried = subprocess.run([self._python, "-c", "import moviepy"], capture_output=True, check=False)
        return "no Python with moviepy (bench/peers/install, or MOVIEPY_PYTHON)" if tried.returncode else ""

    def version(self) -> str:
        return first_line([self._python, "-c", "from importlib.metadata import version; print(version('moviepy'))"])

    def command(self, job: Job, out: Path) -> list[str]:
        ends = [box_at(0), box_at(1)]
        film = {
            "out": str(out), "width": WIDTH, "height": HEIGHT, "fps": FPS, "seconds": job.seconds, "crossfade": job.crossfade,
            "pictures": [str(picture) for picture in job.pictures], "texts": job.texts, "voice": job.voice and str(job.voice),
            "preset": job.preset, "crf": job.crf, "audio_bitrate": AUDIO_BITRATE,
            # The whole picture's scale, left and top on the frame, at a scene's first and last frame.
            "placed": [[WIDTH / box.width, -box.x * WIDTH / box.width, -box.y * WIDTH / box.width] for box in ends],
        }
        script = out.with_suffix(".json")
        script.write_text(json.dumps(film), "utf-8")
        return [self._python, str(FILM), str(script)]
