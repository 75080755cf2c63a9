"""The standard job, as numbers: what every program is asked to make."""
from dataclasses import dataclass, replace
from pathlib import Path

WIDTH, HEIGHT, FPS = 1920, 1080, 30
PICTURE_WIDTH, PICTURE_HEIGHT = 4032, 3024
# The largest 16:9 view of a picture, in its middle: what the first frame of a scene shows.
VIEW_HEIGHT = PICTURE_WIDTH * HEIGHT / WIDTH
VIEW_TOP = (PICTURE_HEIGHT - VIEW_HEIGHT) / 2
# From the first frame of a scene to its last the view shrinks by this, towards its lower right corner.
ZOOM = 1.15
AUDIO_BITRATE = "192k"  # as reeld has it


@dataclass(frozen=True)
class Box:
    """A 16:9 view of a picture: left, top and width in picture pixels; pixel edges are whole numbers."""

    x: float
    y: float
    width: float

    @property
    def height(self) -> float:
        return self.width * HEIGHT / WIDTH


@dataclass(frozen=True)
class Job:
    pictures: tuple[Path, ...]
    seconds: float  # a scene, its crossfades included
    crossfade_frames: int = 0
    texts: tuple[str, ...] = ()  # one a scene, or none at all
    voice: Path | None = None
    preset: str = "veryfast"
    crf: int = 23  # 0 is lossless

    @property
    def scene_frames(self) -> int:
        return round(self.seconds * FPS)

    @property
    def crossfade(self) -> float:
        return self.crossfade_frames / FPS

    @property
    def frames(self) -> int:
        return len(self.pictures) * self.scene_frames - (len(self.pictures) - 1) * self.crossfade_frames

    def scene_start(self, index: int) -> int:
        return index * (self.scene_frames - self.crossfade_frames)


def standard_job(pictures: list[Path], voice: Path, seconds: float) -> Job:
    """J1. A crossfade is a fifth of a scene: one second of the five."""
    texts = tuple(f"Scene {number}, a line of text" for number in range(1, len(pictures) + 1))
    return Job(tuple(pictures), seconds, round(seconds * FPS / 5), texts, voice)


def lossless(job: Job) -> Job:
    return replace(job, preset="ultrafast", crf=0)


def measuring_job(picture: Path, seconds: float) -> Job:
    """One scene of J1 and nothing over it, coded without loss: an encoder would add its own 0.02 px of jitter."""
    return lossless(Job((picture,), seconds))


def box_at(u: float, zoom_point: float = 1.0) -> Box:
    """The view at u (0 first frame, 1 last), the zoom growing evenly. The point that stays where it is lies at `zoom_point`
    of the view's width and height: 1 is the lower right corner, 0.5 the middle."""
    width = PICTURE_WIDTH / (1 + (ZOOM - 1) * u)
    gone = PICTURE_WIDTH - width
    return Box(gone * zoom_point, VIEW_TOP + gone * HEIGHT / WIDTH * zoom_point, width)
