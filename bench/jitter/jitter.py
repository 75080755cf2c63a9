#!/usr/bin/python3
"""Tracks the dots of dots.py through a film and says how far each strays from a smooth path.

jitter.py VIDEO [--max PX] [--track OUT.json]

A smooth path is a polynomial (degree 3) fitted to the dot's own track; printed are the RMS and the largest distance from it in
output pixels. Exit status 1 above --max. --track writes one dot's distances, frame by frame, for plot.py.
"""
import argparse
import json
import subprocess
import sys
from dataclasses import dataclass

import numpy as np

RADIUS = 12
GRID = np.arange(-RADIUS, RADIUS + 1)
DEGREE = 3
FEWEST_DOTS = 20


def read_frames(video: str) -> list[np.ndarray]:
    probe = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height", "-of", "csv=p=0"]
    width, height = map(int, subprocess.check_output([*probe, video], text=True).strip().strip(",").split(",")[:2])
    decode = ["ffmpeg", "-v", "error", "-i", video, "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    data = np.frombuffer(subprocess.check_output(decode), np.uint8)
    return list(data[: len(data) // (width * height) * width * height].reshape(-1, height, width))


def centre(frame: np.ndarray, x: float, y: float) -> tuple[float, float] | None:
    """The dot's centroid under a Gaussian window (sigma 4 px) that follows the estimate: what is far weighs nothing, and no
    threshold bends it."""
    height, width = frame.shape
    for _ in range(12):
        column, row = int(round(x)), int(round(y))
        if not (RADIUS <= column < width - RADIUS and RADIUS <= row < height - RADIUS):
            return None
        across, down = np.exp(-((GRID + column - x) ** 2) / 32), np.exp(-((GRID + row - y) ** 2) / 32)
        patch = frame[row - RADIUS : row + RADIUS + 1, column - RADIUS : column + RADIUS + 1]
        weighted = patch * down[:, None] * across[None, :]
        total = weighted.sum()
        if total < 200:
            return None
        dx = column + (weighted.sum(0) * GRID).sum() / total - x
        dy = row + (weighted.sum(1) * GRID).sum() / total - y
        # The window draws the estimate towards itself; a step of 1.6 makes up for that.
        x, y = x + 1.6 * dx, y + 1.6 * dy
        if abs(dx) + abs(dy) < 1e-4:
            break
    return x, y


def find_dots(frame: np.ndarray) -> list[tuple[float, float]]:
    dots: list[tuple[float, float]] = []
    for y in range(RADIUS, frame.shape[0] - RADIUS, 9):
        for x in range(RADIUS, frame.shape[1] - RADIUS, 9):
            found = centre(frame, x, y) if frame[y, x] > 60 else None
            if found and all(abs(found[0] - u) + abs(found[1] - v) >= 8 for u, v in dots):
                dots.append(found)
    return dots


def follow(frames: list[np.ndarray], dot: tuple[float, float]) -> list[tuple[float, float]] | None:
    track = []
    for frame in frames:
        found = centre(frame, *dot)
        if found is None:
            return None
        dot = found
        track.append(dot)
    return track


@dataclass(frozen=True)
class Jitter:
    rms: float
    largest: float
    strayed: np.ndarray  # frames x dots x (x, y): the distance from the smooth path, output pixels


def measure(frames: list[np.ndarray]) -> Jitter:
    tracks = [t for t in (follow(frames, dot) for dot in find_dots(frames[0])) if t]
    if len(tracks) < FEWEST_DOTS:
        raise ValueError(f"only {len(tracks)} dots could be followed through the film")
    paths = np.array(tracks).transpose(1, 0, 2).reshape(len(frames), -1)
    basis = np.polynomial.legendre.legvander(np.linspace(-1, 1, len(frames)), DEGREE)
    strayed = (paths - basis @ np.linalg.lstsq(basis, paths, rcond=None)[0]).reshape(len(frames), -1, 2)
    distance = np.hypot(strayed[..., 0], strayed[..., 1])
    return Jitter(float(np.sqrt((distance**2).mean())), float(distance.max()), strayed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video")
    parser.add_argument("--max", type=float)
    parser.add_argument("--track")
    options = parser.parse_args()
    try:
        jitter = measure(read_frames(options.video))
    except ValueError as error:
        print(error)
        return 1
    frames, dots, _ = jitter.strayed.shape
    print(f"{frames} frames, {dots} dots, jitter rms {jitter.rms:.4f} px, max {jitter.largest:.3f} px")
    if options.track:
        with open(options.track, "w", encoding="utf-8") as out:
            json.dump({"rms": jitter.rms, "x": jitter.strayed[:, dots // 2, 0].round(5).tolist()}, out)
    return 1 if options.max is not None and jitter.rms > options.max else 0


if __name__ == "__main__":
    sys.exit(main())
