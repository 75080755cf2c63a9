"""How close a frame comes to the ideal one: PSNR, SSIM and detail energy, at the view that fits the frame best.

Frames are luma, 0 to 255, in float64. The view is fitted, since programs place and pace the same motion a little differently, and
that is no fault of their pixels; so only what a program does to the pixels counts.
"""
from dataclasses import dataclass
from typing import Callable

import numpy as np

from job import Box

PEAK = 255.0
MARGIN = 60  # pixels at the frame's edge left out: there the fitted view may reach beyond the picture
# Coarse to fine: a blur of 8 px lets the fit find a view some ten pixels away; the last steps see every detail.
FIT_BLURS = (8.0, 8.0, 3.0, 1.0, 0.0, 0.0)
SSIM_SIGMA, SSIM_C1, SSIM_C2 = 1.5, (0.01 * PEAK) ** 2, (0.03 * PEAK) ** 2


@dataclass(frozen=True)
class Closeness:
    psnr_db: float
    ssim: float
    detail: float  # energy of the frame's detail over the ideal frame's: below 1 is soft, above 1 is sharpened, or noise
    box: Box


def closeness(frame: np.ndarray, ideal: Callable[[Box], np.ndarray], start: Box) -> Closeness:
    """`ideal` renders a view; `start` is where the frame is expected to be."""
    box = fit(frame, ideal, start)
    best = ideal(box)
    return Closeness(psnr_db(frame, best), ssim(frame, best), detail_energy(frame) / detail_energy(best), box)


def fit(frame: np.ndarray, ideal: Callable[[Box], np.ndarray], box: Box) -> Box:
    """Gauss-Newton: the difference of the two frames, explained by a shift, a zoom, a gain and an offset. The last two keep an
    error of levels from being taken for one of place."""
    for sigma in FIT_BLURS:
        box = moved(box, frame.shape, step(blurred(frame, sigma), blurred(ideal(box), sigma)))
    return box


def step(frame: np.ndarray, guess: np.ndarray) -> tuple[float, float, float]:
    """How `guess` must move to become `frame`: pixels right and down, and the zoom about the middle, 0 for none."""
    down, right = np.gradient(guess)
    y, x = (np.arange(size) - (size - 1) / 2 for size in frame.shape)
    causes = [-right, -down, -(right * x[None, :] + down * y[:, None]), guess, np.ones_like(guess)]
    columns = np.stack([inner(cause).ravel() for cause in causes])
    answer = np.linalg.solve(columns @ columns.T, columns @ inner(frame - guess).ravel())
    return float(answer[0]), float(answer[1]), float(answer[2])


def moved(box: Box, shape: tuple[int, ...], change: tuple[float, float, float]) -> Box:
    """The view whose content lies further right and down, and larger: itself further left and up, and smaller."""
    right, down, zoom = change
    scale = box.width / shape[1]
    width = box.width / (1 + zoom)
    lost = box.width - width
    height = box.width * shape[0] / shape[1]
    return Box(box.x - right * scale + lost / 2, box.y - down * scale + lost / 2 * height / box.width, width)


def psnr_db(frame: np.ndarray, ideal: np.ndarray) -> float:
    error = float(((inner(frame) - inner(ideal)) ** 2).mean())
    return float(10 * np.log10(PEAK**2 / error)) if error else float("inf")


def ssim(frame: np.ndarray, ideal: np.ndarray) -> float:
    """Wang et al. 2004, with their Gaussian window and constants."""
    a, b = (blurred(image, SSIM_SIGMA) for image in (frame, ideal))
    aa, bb = (blurred(image * image, SSIM_SIGMA) for image in (frame, ideal))
    ab = blurred(frame * ideal, SSIM_SIGMA)
    alike = (2 * a * b + SSIM_C1) * (2 * (ab - a * b) + SSIM_C2)
    whole = (a * a + b * b + SSIM_C1) * (aa - a * a + bb - b * b + SSIM_C2)
    return float(inner(alike / whole).mean())


def detail_energy(frame: np.ndarray) -> float:
    """Mean square of the frame's Laplacian: a high pass that weighs finest detail most."""
    middle = frame[1:-1, 1:-1]
    high = frame[:-2, 1:-1] + frame[2:, 1:-1] + frame[1:-1, :-2] + frame[1:-1, 2:] - 4 * middle
    return float((inner(high) ** 2).mean())


def blurred(image: np.ndarray, sigma: float) -> np.ndarray:
    if sigma == 0:
        return image
    radius = int(np.ceil(3.5 * sigma))
    weights = np.exp(-(np.arange(-radius, radius + 1) ** 2) / (2 * sigma**2))
    weights /= weights.sum()
    for axis in (0, 1):
        padded = np.pad(image, [(radius, radius) if axis == other else (0, 0) for other in (0, 1)], mode="edge")
        size = image.shape[axis]
        image = sum(weight * padded.take(range(n, n + size), axis) for n, weight in enumerate(weights))
    return image


def inner(image: np.ndarray) -> np.ndarray:
    return image[MARGIN:-MARGIN, MARGIN:-MARGIN]
