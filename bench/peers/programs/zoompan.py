"""ffmpeg's zoompan filter, plain, and after enlarging the picture, the usual advice against its jitter."""
import shutil
from pathlib import Path

from job import AUDIO_BITRATE, FPS, HEIGHT, WIDTH, ZOOM, Job
from programs.program import Program, first_line


class Zoompan(Program):
    def __init__(self, upscaled_to: int = 0) -> None:
        self.name = f"zoompan{upscaled_to or ''}"
        self.title = f"ffmpeg zoompan{f', picture enlarged to {upscaled_to} px' if upscaled_to else ''}"
        self._enlarge = f"scale={upscaled_to}:-2," if upscaled_to else ""

    def missing(self) -> str:
        return missing_ffmpeg()

    def version(self) -> str:
        return ffmpeg_version()

    def command(self, job: Job, out: Path) -> list[str]:
        inputs = [argument for picture in job.pictures for argument in ("-i", str(picture))]
        maps = ["-map", "[film]"]
        if job.voice:
            inputs += ["-i", str(job.voice)]
            maps += ["-map", f"{len(job.pictures)}:a"]
        end = ["-t", f"{job.frames / FPS:.6f}"]
        return ["ffmpeg", "-y", "-v", "error", *inputs, "-filter_complex", self._graph(job), *maps, *end, *coding(job), str(out)]

    def _graph(self, job: Job) -> str:
        scenes = [f"[{index}:v]{self._scene(job, index)}[scene{index}]" for index in range(len(job.pictures))]
        faded, fades = "scene0", []
        for index in range(1, len(job.pictures)):
            offset = job.scene_start(index) / FPS
            fade = f"xfade=duration={job.crossfade:.6f}:offset={offset:.6f}"
            fades.append(f"[{faded}][scene{index}]{fade}[fade{index}]")
            faded = f"fade{index}"
        return ";".join([*scenes, *fades, f"[{faded}]format=yuv420p[film]"])

    def _scene(self, job: Job, index: int) -> str:
        zoom = f"z='1+{ZOOM - 1:.2f}*on/{job.scene_frames - 1}':x=iw-iw/zoom:y=ih-ih/zoom"
        # What a JPEG is; a picture of dots must go the same way, since zoompan places 4:2:0 at even pixels only.
        scene = f"format=yuv420p,crop=iw:iw*9/16,{self._enlarge}zoompan={zoom}:d={job.scene_frames}:s={WIDTH}x{HEIGHT}:fps={FPS}"
        if not job.texts:
            return scene
        look = "font=DejaVu Sans:fontsize=56:fontcolor=white:borderw=3:x=(w-text_w)/2:y=h-120"
        return f"{scene},drawtext={look}:text='{job.texts[index]}'"


def coding(job: Job) -> list[str]:
    """The encoder's settings that all programs share."""
    video = ["-c:v", "libx264", "-preset", job.preset, "-crf", str(job.crf), "-pix_fmt", "yuv420p"]
    return [*video, *(["-c:a", "aac", "-b:a", AUDIO_BITRATE] if job.voice else [])]


def missing_ffmpeg() -> str:
    return "" if shutil.which("ffmpeg") else "no ffmpeg in PATH (Debian package ffmpeg)"


def ffmpeg_version() -> str:
    return first_line(["ffmpeg", "-version"]).split()[2].split("-")[0]
