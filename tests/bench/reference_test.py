"""The ideal renderer against what can be worked out by hand."""
import unittest

import numpy as np

import bench_path  # noqa: F401
from job import Box
from reference import catmull_rom, render, resample, to_coded, to_linear


class ReferenceTest(unittest.TestCase):
    def test_the_filter(self):
        # Keys' cubic with a = -1/2: 1 at 0, 0 at 1 and 2, (9/16, -1/16) half way.
        np.testing.assert_allclose(catmull_rom(np.array([0, 0.5, 1, 1.5, 2, 3])), [1, 0.5625, 0, -0.0625, 0, 0])

    def test_one_to_one_changes_nothing(self):
        rows = np.random.default_rng(2).random((9, 4))
        np.testing.assert_allclose(resample(rows, 0, 9, 9), rows, atol=1e-12)

    def test_half_a_pixel_further(self):
        # An impulse seen from between the pixels: its two neighbours show 9/16, the next -1/16.
        rows = np.zeros((8, 1))
        rows[4] = 1
        np.testing.assert_allclose(resample(rows, 0.5, 8, 8)[1:7, 0], [0, -0.0625, 0.5625, 0.5625, -0.0625, 0], atol=1e-12)

    def test_a_ramp_stays_one_when_halved(self):
        # Row n holds n, so its centre n + 0.5 does; an output row covers two, and its centre 2n + 1 holds 2n + 0.5.
        halved = resample(np.arange(32.0)[:, None], 0, 32, 16)
        np.testing.assert_allclose(halved[3:13, 0], 2 * np.arange(3, 13) + 0.5, atol=1e-12)

    def test_beyond_the_edge_lies_the_last_row(self):
        np.testing.assert_allclose(resample(np.full((4, 2), 0.3), -5, 14, 7), 0.3, atol=1e-12)

    def test_light_is_averaged_and_not_code_values(self):
        # Black and white lines seen from afar are half the light: code value 1.055 * 0.5^(1/2.4) - 0.055 = 0.7354.
        lines = np.tile(np.array([0.0, 1.0])[:, None, None], (90, 320, 3))
        seen = render(lines, Box(0, 0, 320), 16, 9)
        np.testing.assert_allclose(seen[3:6, 4:12], 0.7354, atol=0.003)

    def test_transfer_and_back(self):
        coded = np.linspace(0, 1, 101)
        np.testing.assert_allclose(to_coded(to_linear(coded)), coded, atol=1e-6)
        self.assertAlmostEqual(float(to_linear(np.float64(0.5))), 0.21404, places=5)
