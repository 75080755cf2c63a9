"""Makes what the job is made of: detailed pictures, a grid of dots, a voice. The same bytes of pixels on every machine."""
import subprocess
import wave
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from job import PICTURE_HEIGHT, PICTURE_WIDTH

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
JITTER = Path(__file__).resolve().parent.parent / "jitter"
SAMPLE_RATE = 48000


def make_inputs(folder: Path, scenes: int, seconds: float) -> tuple[list[Path], Path, Path]:
    """The pictures, the dots and a voice of `seconds`; what lies there from an earlier run is taken."""
    pictures = [folder / f"picture{index}.jpg" for index in range(scenes)]
    for index, picture in enumerate(pictures):
        if not picture.exists():
            detailed_picture(index).save(picture, quality=90, subsampling="4:2:0")
    dots = folder / "dots.png"
    if not dots.exists():
        subprocess.run([JITTER / "dots.py", dots], check=True)
        # In colour, as pictures are: MoviePy takes no grey one.
        with Image.open(dots) as grey:
            grey.convert("RGB").save(dots, compress_level=1)
    voice = folder / f"voice-{seconds:g}.wav"
    if not voice.exists():
        write_voice(voice, seconds)
    return pictures, dots, voice


def detailed_picture(seed: int) -> Image.Image:
    """As hard to resample as a photograph: its spectrum falls off as a photograph's does, with rings that run from wide to
    fine, grain, hairlines and small print on top."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:PICTURE_HEIGHT, 0:PICTURE_WIDTH].astype(np.float32)
    distance2 = (x / PICTURE_WIDTH - random.random()) ** 2 + (y / PICTURE_HEIGHT - random.random()) ** 2
    rings = 20 * np.sin(600 * distance2)
    shared = falling_noise(random)
    channels = [115 + 10 * index + 30 * shared + 12 * falling_noise(random) + rings for index in range(3)]
    grain = 3 * random.standard_normal((PICTURE_HEIGHT, PICTURE_WIDTH, 1))
    image = Image.fromarray(np.clip(np.stack(channels, -1) + grain, 0, 255).astype(np.uint8))
    draw_marks(ImageDraw.Draw(image), random)
    return image


def falling_noise(random: np.random.Generator) -> np.ndarray:
    """Noise of deviation 1 whose amplitude falls as 1/frequency."""
    spectrum = np.fft.rfft2(random.standard_normal((PICTURE_HEIGHT, PICTURE_WIDTH)))
    frequency = np.hypot(np.fft.fftfreq(PICTURE_HEIGHT)[:, None], np.fft.rfftfreq(PICTURE_WIDTH)[None, :])
    frequency[0, 0] = np.inf
    noise = np.fft.irfft2(spectrum / frequency, s=(PICTURE_HEIGHT, PICTURE_WIDTH))
    return noise / noise.std()


def draw_marks(draw: ImageDraw.ImageDraw, random: np.random.Generator) -> None:
    font = ImageFont.truetype(FONT, 44)
    for index in range(100):
        colour = tuple(int(value) for value in random.integers(0, 256, 3))
        x, y = int(random.integers(0, PICTURE_WIDTH)), int(random.integers(0, PICTURE_HEIGHT))
        dx, dy = (int(value) for value in random.integers(-500, 500, 2))
        draw.line((x, y, x + dx, y + dy), fill=colour, width=1 + index % 5)
        draw.text((dx + x, dy + y), f"small print {index} |||", font=font, fill=colour)


def write_voice(path: Path, seconds: float) -> None:
    """A hum with a voice's harmonics that swells three times a second: an encoder works as hard as for speech."""
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    hum = sum(np.sin(2 * np.pi * 130 * harmonic * t) / harmonic for harmonic in range(1, 9))
    samples = 0.15 * hum * (1 + np.sin(2 * np.pi * 3 * t)) / 2
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE)
        out.writeframes((np.repeat(samples, 2) * 32767).astype("<i2").tobytes())
