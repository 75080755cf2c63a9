"""The ideal frame: a picture's view resampled in float64, in linear light, by a Catmull-Rom filter stretched over the area that a
frame's pixel covers. Straight from the definition, and slow."""
from pathlib import Path

import numpy as np

from job import HEIGHT, WIDTH, Box

RADIUS = 2  # of the filter, in pixels of the coarser of the two grids


def load_picture(path: Path) -> np.ndarray:
    """A picture in linear light, 0 to 1, shape (height, width, 3)."""
    from PIL import Image  # here, so that all the rest runs on numpy alone

    with Image.open(path) as image:
        return to_linear(np.asarray(image.convert("RGB")) / 255.0)


def render(picture: np.ndarray, box: Box, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """The sRGB-coded frame, 0 to 1, that shows `box` of a picture in linear light."""
    columns = resample(picture, box.y, box.height, height).swapaxes(0, 1)
    frame = resample(np.ascontiguousarray(columns), box.x, box.width, width).swapaxes(0, 1)
    return to_coded(np.clip(frame, 0, 1))


def resample(image: np.ndarray, start: float, length: float, count: int) -> np.ndarray:
    """`count` rows that cover the rows of `image` from `start` on, over `length`. Beyond its edges an image repeats its last row."""
    scale = length / count
    stretch = max(1.0, scale)
    rows = image.reshape(image.shape[0], -1)
    result = np.empty((count, rows.shape[1]))
    for index in range(count):
        # Pixel n covers n to n + 1, so its centre lies at n + 0.5.
        centre = start + (index + 0.5) * scale
        taps = np.arange(np.floor(centre - RADIUS * stretch), np.ceil(centre + RADIUS * stretch))
        weights = catmull_rom((taps + 0.5 - centre) / stretch)
        result[index] = (weights / weights.sum()) @ taken(rows, int(taps[0]), len(taps))
    return result.reshape(count, *image.shape[1:])


def taken(rows: np.ndarray, first: int, count: int) -> np.ndarray:
    if first >= 0 and first + count <= len(rows):
        return rows[first : first + count]
    return rows[np.clip(np.arange(first, first + count), 0, len(rows) - 1)]


def catmull_rom(x: np.ndarray) -> np.ndarray:
    x = np.abs(x)
    inner = 1 + x * x * (1.5 * x - 2.5)
    outer = 2 + x * (x * (2.5 - 0.5 * x) - 4)
    return np.where(x < 1, inner, np.where(x < RADIUS, outer, 0))


def to_linear(coded: np.ndarray) -> np.ndarray:
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def to_coded(linear: np.ndarray) -> np.ndarray:
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055)
