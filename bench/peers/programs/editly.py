"""editly, a JavaScript video editor: node, canvas and headless OpenGL, which wants an X display."""
import json
import os
import shutil
from pathlib import Path

from job import AUDIO_BITRATE, FPS, HEIGHT, WIDTH, ZOOM, Box, Job, box_at
from programs.program import Program

INSTALLED = Path(__file__).resolve().parents[3] / ".cache/peers/editly/node_modules"


class Editly(Program):
    name, title = "editly", "editly"
    note = "zooms about the middle: its picture layer has no pan with a zoom"

    def __init__(self) -> None:
        self._modules = Path(os.environ.get("EDITLY_MODULES", INSTALLED))

    def missing(self) -> str:
        if not (self._modules / ".bin/editly").exists():
            return "no editly (bench/peers/install, or EDITLY_MODULES)"
        return "" if shutil.which("xvfb-run") else "no xvfb-run in PATH (scripts/bootstrap --peers)"

    def version(self) -> str:
        return json.loads((self._modules / "editly/package.json").read_text("utf-8"))["version"]

    def command(self, job: Job, out: Path) -> list[str]:
        script = out.with_suffix(".json")
        script.write_text(json.dumps(self._script(job, out)), "utf-8")
        return ["xvfb-run", "-a", str(self._modules / ".bin/editly"), "--json", str(script)]

    def _script(self, job: Job, out: Path) -> dict:
        clips = [{"duration": job.seconds, "layers": [self._picture(picture)]} for picture in job.pictures]
        for clip, text in zip(clips, job.texts):
            clip["layers"].append({"type": "subtitle", "text": text})
        sound = ["-acodec", "aac", "-b:a", AUDIO_BITRATE] if job.voice else []
        coding = ["-vcodec", "libx264", "-preset", job.preset, "-crf", str(job.crf), "-pix_fmt", "yuv420p", *sound]
        fade = {"name": "fade", "duration": job.crossfade} if job.crossfade else None
        script = {"outPath": str(out), "width": WIDTH, "height": HEIGHT, "fps": FPS, "customOutputArgs": coding}
        script |= {"defaults": {"transition": fade}, "clips": clips}
        return script | ({"audioFilePath": str(job.voice)} if job.voice else {})

    def _picture(self, picture: Path) -> dict:
        zoom = {"zoomDirection": "in", "zoomAmount": round(ZOOM - 1, 6)}
        return {"type": "image", "path": str(picture), "resizeMode": "cover", **zoom}

    def box(self, u: float) -> Box:
        return box_at(u, zoom_point=0.5)
