"""Real pictures and sounds, the same bytes for the same wish: what the stand-ins answer with."""
import functools
import hashlib
import io
import random
import re
import subprocess
import textwrap
import wave
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont, PngImagePlugin

from espeak import spoken

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
PICTURE_TYPES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
SOUND_TYPES = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "pcm": "audio/pcm",
    "opus": "audio/opus",
    "aac": "audio/aac",
    "flac": "audio/flac",
}


@functools.lru_cache(maxsize=64)
def picture(prompt, width, height, seed=0, media_type="image/png", note="", blurred=False):
    """An encoded picture: colours and shapes by prompt and seed, the prompt written on it; `note` goes into a PNG's text."""
    dice = random.Random(hashlib.sha256(f"{prompt}\0{seed}".encode()).digest())
    corners = Image.new("RGB", (3, 3))
    corners.putdata([tuple(dice.randrange(40, 256) for _ in range(3)) for _ in range(9)])
    image = corners.resize((width, height), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for _ in range(dice.randrange(5, 9)):
        x, y = dice.randrange(width), dice.randrange(height)
        reach = max(2, int(min(width, height) * dice.uniform(0.05, 0.25)))
        colour = tuple(dice.randrange(256) for _ in range(3))
        shape = dice.choice([draw.ellipse, draw.rectangle])
        shape([x - reach, y - reach, x + reach, y + reach], fill=colour)
    write(draw, prompt, width, height)
    if blurred:
        image = image.filter(ImageFilter.GaussianBlur(min(width, height) / 40))
    out = io.BytesIO()
    if media_type == "image/png":
        text = PngImagePlugin.PngInfo()
        if note:
            text.add_text("parameters", note)
        image.save(out, "PNG", compress_level=1, pnginfo=text)
    else:
        image.save(out, PICTURE_TYPES[media_type], quality=88)
    return out.getvalue()


def spoilt(content):
    """An encoded picture that only who decodes it finds to be none."""
    half, zeros = len(content) // 2, bytes(min(1000, len(content) // 4))
    return content[:half] + zeros + content[half + len(zeros) :]


def write(draw, prompt, width, height):
    size = max(8, min(width, height) // 20)
    try:
        font = ImageFont.truetype(FONT, size)
    except OSError:
        font = ImageFont.load_default()
    lines = textwrap.wrap(prompt, max(8, int(width * 1.5 / size)))[:8]
    draw.multiline_text(
        (size, size), "\n".join(lines), font=font, fill="white", stroke_width=max(1, size // 12), stroke_fill="black"
    )


def picture_type(content):
    """The media type of an encoded picture that decodes; ValueError where it does not."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.load()
            return Image.MIME[image.format]
    except Exception as wrong:
        raise ValueError(f"not a picture: {wrong}") from wrong


@dataclass(frozen=True)
class Speech:
    samples: np.ndarray  # 16-bit mono
    rate_hz: int
    words: tuple  # of (first character, start in seconds)

    @property
    def seconds(self):
        return len(self.samples) / self.rate_hz

    def pcm(self, rate_hz):
        """Headerless signed 16-bit mono at another rate."""
        count = int(self.seconds * rate_hz)
        at = np.arange(count) * (self.rate_hz / rate_hz)
        return np.interp(at, np.arange(len(self.samples)), self.samples).round().astype("<i2").tobytes()

    def character_times(self, text):
        """Starts and ends in seconds, one a character: words begin where they are heard, their characters share them evenly."""
        anchors = [(0, 0.0)] + [word for word in self.words if word[0] > 0] + [(len(text), self.seconds)]
        edges = np.interp(np.arange(len(text) + 1), *zip(*anchors)).round(3)
        return edges[:-1].tolist(), edges[1:].tolist()


@functools.lru_cache(maxsize=64)
def speech(text, voice="", language="en", speed=1.0):
    """`text` spoken; what stands in [brackets] is a direction and is not heard. A voice's name decides how it sounds."""
    heard = re.sub(r"\[[^\]]*\]", lambda tag: " " * len(tag[0]), text)
    samples, rate_hz, words = spoken(heard, voice, language, speed)
    return Speech(samples, rate_hz, tuple(words))


def encoded(sound, form, rate_hz=24000, bit_rate="64k"):
    """Speech as wav, pcm (headerless), mp3, opus, aac or flac."""
    pcm = sound.pcm(rate_hz)
    if form == "pcm":
        return pcm
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(pcm)
    if form == "wav":
        return out.getvalue()
    container = {
        "mp3": ["mp3", "-c:a", "libmp3lame", "-b:a", bit_rate],
        "aac": ["adts"],
        "flac": ["flac"],
        "opus": ["ogg", "-c:a", "libopus"],
    }[form]
    command = ["ffmpeg", "-v", "error", "-threads", "1", "-f", "wav", "-i", "-", "-bitexact", "-f", *container, "-"]
    return subprocess.run(command, input=out.getvalue(), stdout=subprocess.PIPE, check=True).stdout
