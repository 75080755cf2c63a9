"""MLT's melt: the affine filter moves the picture, the luma transition mixes."""
import shutil
from pathlib import Path

from job import AUDIO_BITRATE, PICTURE_HEIGHT, PICTURE_WIDTH, WIDTH, Job, box_at
from programs.program import Program, first_line


class Melt(Program):
    name, title = "melt", "MLT melt"

    def missing(self) -> str:
        return "" if shutil.which("melt") else "no melt in PATH (scripts/bootstrap --peers)"

    def version(self) -> str:
        return first_line(["melt", "--version"]).split()[-1]

    def command(self, job: Job, out: Path) -> list[str]:
        last = job.scene_frames - 1
        command = ["melt", "-silent", "-profile", "atsc_1080p_30"]
        for index, picture in enumerate(job.pictures):
            command += [str(picture), "in=0", f"out={last}"]
            command += ["-attach", "affine", f"transition.rect=0={placed(0)}; {last}={placed(1)}", "background=colour:black"]
            if job.texts:
                look = ["family=DejaVu Sans", "size=56", "fgcolour=#ffffffff", "olcolour=#ff000000", "outline=3"]
                where = ["geometry=0/0:1920x1026:100", "halign=center", "valign=bottom"]
                command += ["-attach", f"dynamictext:{job.texts[index]}", *look, *where]
            if index:
                command += ["-mix", str(job.crossfade_frames), "-mixer", "luma"]
        if job.voice:
            command += ["-audio-track", str(job.voice), "in=0", f"out={job.frames - 1}"]
        return [*command, "-consumer", f"avformat:{out}", *coding(job)]


def coding(job: Job) -> list[str]:
    # real_time below 0 drops no frame. Its amount is the count of threads that render: two were no faster than one, as the filters
    # use threads themselves.
    video = ["vcodec=libx264", f"preset={job.preset}", f"crf={job.crf}", "pix_fmt=yuv420p", "real_time=-1"]
    sound = ["acodec=aac", f"ab={AUDIO_BITRATE}"] if job.voice else ["an=1"]
    return [*video, *sound, "terminate_on_pause=1"]


def placed(u: float) -> str:
    """Where the whole picture lies on the frame at u, in output pixels: left top width height."""
    box = box_at(u)
    scale = WIDTH / box.width
    values = (-box.x * scale, -box.y * scale, PICTURE_WIDTH * scale, PICTURE_HEIGHT * scale)
    return " ".join(f"{value:.4f}" for value in values)
