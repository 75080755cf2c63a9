"""The encoder's own pace: the job's frames lie ready, and only coding them, and the voice, is left to do. Nobody can be faster who
uses this encoder with these settings."""
import os
import subprocess
from pathlib import Path

from job import FPS, HEIGHT, WIDTH, Job, lossless
from programs.program import Program
from programs.zoompan import coding, ffmpeg_version, missing_ffmpeg


class EncodeOnly(Program):
    name, title = "encode-only", "encode only, ffmpeg"
    renders = False

    def __init__(self, frames_from: Program, work: Path) -> None:
        self._frames_from = frames_from
        self._raw = work / "frames.yuv"
        self.note = f"the frames, raw, as {frames_from.title} makes them"

    def missing(self) -> str:
        return missing_ffmpeg()

    def version(self) -> str:
        return ffmpeg_version()

    def prepare(self, job: Job) -> None:
        film = self._raw.with_suffix(".mp4")
        self._frames_from.prepare(lossless(job))
        with self._frames_from.running():
            subprocess.run(self._frames_from.command(lossless(job), film), check=True, capture_output=True)
        raw = ["-map", "0:v", "-f", "rawvideo", "-pix_fmt", "yuv420p", str(self._raw)]
        subprocess.run(["ffmpeg", "-y", "-v", "error", "-i", film, *raw], check=True)
        film.unlink()
        os.sync()  # or the raw frames are still being written to the disk while the first film is made

    def command(self, job: Job, out: Path) -> list[str]:
        frames = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS), "-i", str(self._raw)]
        sound = ["-i", str(job.voice), "-map", "0:v", "-map", "1:a"]
        return ["ffmpeg", "-y", "-v", "error", *frames, *sound, *coding(job), str(out)]
