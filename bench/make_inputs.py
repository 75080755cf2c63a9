#!/usr/bin/python3
"""make_inputs.py FOLDER: what the standard jobs are made of: img0.jpg .. img4.jpg (4032x3024, as a telephone takes them) and
voice.wav (25 s, 48 kHz, mono). The same at every run. Needs numpy and PIL (python3-numpy, python3-pil).

The pictures must cost what photographs cost: an encoder looks at grain and edges, a decoder at the size of the file. So each is
1/f noise, whose spectrum is that of natural scenes, with rings of hard edges, thin lines and small letters."""
import os
import sys
import wave

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 4032, 3024
PICTURES = 5
SECONDS, RATE = 25, 48000


def natural_noise(rng):
    """Standard deviation 1, amplitudes falling with 1 / f^1.1."""
    spectrum = np.fft.rfft2(rng.standard_normal((HEIGHT, WIDTH)).astype(np.float32))
    frequency = np.hypot(np.fft.fftfreq(HEIGHT)[:, None], np.fft.rfftfreq(WIDTH)[None, :])
    frequency[0, 0] = 1
    spectrum /= frequency**1.1
    spectrum[0, 0] = 0
    noise = np.fft.irfft2(spectrum, s=(HEIGHT, WIDTH)).astype(np.float32)
    return noise / noise.std()


def rings(rng):
    """0 or 1: rings about a few points, narrower outwards."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    total = np.zeros((HEIGHT, WIDTH), np.float32)
    for _ in range(3):
        cx, cy = rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT)
        total += ((x - cx) ** 2 + (y - cy) ** 2) / rng.uniform(2e5, 6e5)
    return (total.astype(np.int32) & 1).astype(np.float32)


def picture(number):
    rng = np.random.default_rng(number)
    coarse, other, edges = natural_noise(rng), natural_noise(rng), rings(rng)
    sky = np.linspace(30, 0, HEIGHT, dtype=np.float32)[:, None]
    grain = rng.standard_normal((HEIGHT, WIDTH)).astype(np.float32) * 4
    base = 105 + 38 * coarse + 45 * (edges - 0.5) + sky + grain
    channels = [base, base + 15 * other, base - 20 * other + 8]
    image = Image.fromarray(np.stack([np.clip(c, 0, 255) for c in channels], -1).astype(np.uint8))
    draw, font = ImageDraw.Draw(image), ImageFont.truetype("DejaVuSans.ttf", 48)
    for i in range(120):
        x, y = rng.integers(0, WIDTH - 800), rng.integers(0, HEIGHT - 60)
        draw.text((int(x), int(y)), f"small letters {number}.{i} |||||", font=font, fill=(255,) * 3 if i % 2 else (10,) * 3)
        x, y, dx, dy = rng.integers(0, WIDTH), rng.integers(0, HEIGHT), *rng.integers(-600, 600, 2)
        colour = tuple(int(v) for v in rng.integers(0, 255, 3))
        draw.line((int(x), int(y), int(x + dx), int(y + dy)), fill=colour, width=int(rng.integers(1, 6)))
    return image


def voice():
    """A buzz of eight harmonics in syllables, three a second."""
    t = np.arange(SECONDS * RATE) / RATE
    buzz = sum(np.sin(2 * np.pi * 140 * k * t) / k for k in range(1, 9))
    return (buzz * (0.5 + 0.5 * np.sin(2 * np.pi * 3 * t)) * 0.2).clip(-1, 1)


def finish(path, write):
    """Under its name only when whole: a run that was stopped leaves nothing that looks finished."""
    write(path + ".part")
    os.rename(path + ".part", path)


def write_voice(path):
    with wave.open(path, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((voice() * 32767).astype("<i2").tobytes())


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for number in range(PICTURES):
        image = picture(number)
        finish(f"{folder}/img{number}.jpg", lambda path: image.save(path, format="JPEG", quality=90, subsampling=2))
    finish(f"{folder}/voice.wav", write_voice)


main()
