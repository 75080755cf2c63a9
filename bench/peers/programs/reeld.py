"""reeld: a private daemon, with its own endpoint and an empty data directory for each film, so that nothing is there already."""
import contextlib
import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Iterator

from job import FPS, HEIGHT, PICTURE_HEIGHT, PICTURE_WIDTH, WIDTH, Box, Job, box_at
from programs.program import Program, first_line

START_S = 20
STOP_S = 20


class Reeld(Program):
    name, title = "reeld", "reeld"

    def __init__(self, build: Path, work: Path) -> None:
        self._daemon = build / "bin" / "reeld"
        self._client = build / "bin" / "reelctl"
        self._work = work
        self._endpoint = ""

    def missing(self) -> str:
        here = self._daemon.exists() and self._client.exists()
        return "" if here else "no bin/reeld and bin/reelctl in the build (scripts/build, or --build)"

    def version(self) -> str:
        return first_line([str(self._daemon), "--version"]).split()[-1]

    @contextlib.contextmanager
    def running(self) -> Iterator[tuple[int, ...]]:
        # The socket lies in the system's own temporary folder, since its path may have 107 bytes only.
        with tempfile.TemporaryDirectory() as place, tempfile.TemporaryDirectory(dir=self._work) as state:
            self._endpoint = f"ipc://{place}/reeld.sock"
            daemon = self._start(Path(state))
            try:
                self._wait_until_it_answers()
                yield (daemon.pid,)
            finally:
                stop(daemon)

    def _start(self, state: Path) -> subprocess.Popen:
        # The defaults, not those of whoever runs this; but every run renders its film.
        settings = state / "reeld.toml"
        settings.write_text("segment_cache_mb = 0\n")
        command = [self._daemon, "--config", settings, "--data-dir", state / "data", "--endpoint", self._endpoint]
        with (state / "log").open("wb") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _wait_until_it_answers(self) -> None:
        end = time.monotonic() + START_S
        ask = [self._client, "--endpoint", self._endpoint, "health"]
        while subprocess.run(ask, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode:
            if time.monotonic() > end:
                raise RuntimeError(f"reeld does not answer within {START_S} s")
            time.sleep(0.1)

    def command(self, job: Job, out: Path) -> list[str]:
        request = out.with_suffix(".json")
        request.write_text(json.dumps(self._request(job)), "utf-8")
        return [str(self._client), "--endpoint", self._endpoint, "render", str(request), "-o", str(out)]

    def _request(self, job: Job) -> dict:
        output = {"width": WIDTH, "height": HEIGHT, "fps": FPS, "encoder": "libx264", "preset": job.preset, "crf": job.crf}
        motion = {"from": in_fractions(box_at(0)), "to": in_fractions(box_at(1))}
        scenes = [{"picture": {"file": str(picture)}, "duration": job.seconds, "motion": motion} for picture in job.pictures]
        for scene, text in zip(scenes, job.texts):
            scene["text"] = [{"text": text, "position": "bottom", "size": 56, "font": "DejaVu Sans", "outline": {"width": 3}}]
        for scene in scenes[:-1]:
            scene["transition"] = {"kind": "crossfade", "duration": job.crossfade}
        request = {"reeld": 1, "output": output, "scenes": scenes}
        if job.voice:
            # One sound for the whole film, as the others have it, is what reeld calls music.
            request["music"] = {"file": str(job.voice), "volume_db": 0, "duck_db": 0, "loop": False}
        return request


def stop(daemon: subprocess.Popen) -> None:
    daemon.terminate()
    try:
        daemon.wait(STOP_S)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()


def in_fractions(box: Box) -> dict[str, float]:
    return {"x": box.x / PICTURE_WIDTH, "y": box.y / PICTURE_HEIGHT, "w": box.width / PICTURE_WIDTH, "h": box.height / PICTURE_HEIGHT}
