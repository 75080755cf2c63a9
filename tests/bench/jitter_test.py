"""Dots that move in a known way, and what is measured of it."""
import unittest

import numpy as np

import bench_path  # noqa: F401
import jitter

WIDTH, HEIGHT, PITCH, SIGMA, FRAMES = 480, 270, 60, 2.4, 48


def dots(shift_x: float, shift_y: float) -> np.ndarray:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    across = (x - shift_x) % PITCH - PITCH / 2
    down = (y - shift_y) % PITCH - PITCH / 2
    return np.round(255 * np.exp(-(across**2 + down**2) / (2 * SIGMA**2))).astype(np.uint8)


class JitterTest(unittest.TestCase):
    def test_a_smooth_pan_has_none(self):
        found = jitter.measure([dots(0.37 * n, 0.21 * n) for n in range(FRAMES)])
        self.assertLess(found.rms, 0.003)  # what rounding to 8 bits adds

    def test_each_second_frame_pushed_aside(self):
        # 0.2 px to the left and right in turn: every frame strays 0.2 px from the middle, so that is its RMS too.
        found = jitter.measure([dots(0.37 * n + (0.2 if n % 2 else -0.2), 0.21 * n) for n in range(FRAMES)])
        self.assertAlmostEqual(found.rms, 0.2, delta=0.005)
        self.assertAlmostEqual(found.largest, 0.2, delta=0.04)  # the cubic bends after the film's ends

    def test_a_pan_in_whole_pixels(self):
        # 0.37 px a frame, rounded: off by up to half a pixel, evenly spread, so RMS is 1/sqrt(12) = 0.289.
        found = jitter.measure([dots(round(0.37 * n), 0) for n in range(FRAMES)])
        self.assertAlmostEqual(found.rms, 0.289, delta=0.03)

    def test_a_film_without_dots_is_refused(self):
        with self.assertRaisesRegex(ValueError, "0 dots"):
            jitter.measure([np.zeros((HEIGHT, WIDTH), np.uint8)] * 3)
