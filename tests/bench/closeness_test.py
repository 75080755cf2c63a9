"""Made-up frames whose PSNR, SSIM, detail and place are known."""
import unittest

import numpy as np

import bench_path  # noqa: F401
from closeness import blurred, closeness, detail_energy, fit, moved, psnr_db, ssim
from job import Box
from reference import render

SHAPE = (180, 320)  # what lies within the margin is 60 x 200


def flat(value: float) -> np.ndarray:
    return np.full(SHAPE, value)


def stripes(contrast: float) -> np.ndarray:
    return flat(128.0) + contrast * (-1.0) ** np.arange(SHAPE[1])[None, :]


class MeasuresTest(unittest.TestCase):
    def test_psnr(self):
        # An error of 1 everywhere: 10 log10(255^2 / 1) = 48.13 dB; of 255: 0 dB.
        self.assertAlmostEqual(psnr_db(flat(101), flat(100)), 48.1308, places=4)
        self.assertAlmostEqual(psnr_db(flat(255), flat(0)), 0)
        self.assertEqual(psnr_db(flat(7), flat(7)), float("inf"))

    def test_what_lies_in_the_margin_does_not_count(self):
        frame = flat(100)
        frame[:60], frame[:, -60:] = 0, 255
        self.assertEqual(psnr_db(frame, flat(100)), float("inf"))

    def test_ssim(self):
        self.assertAlmostEqual(ssim(stripes(20), stripes(20)), 1)
        # Flat frames have no variance: what is left is (2ab + c1) / (a^2 + b^2 + c1), c1 = 2.55^2.
        self.assertAlmostEqual(ssim(flat(100), flat(120)), (24000 + 6.5025) / (24400 + 6.5025))
        self.assertLess(ssim(stripes(20), stripes(-20)), 0)

    def test_detail(self):
        # Columns of +1 and -1: the Laplacian is -1 - 1 + 1 + 1 - 4 = -4 or 4, its square 16.
        self.assertAlmostEqual(detail_energy(stripes(1)), 16)
        self.assertAlmostEqual(detail_energy(stripes(0.5)) / detail_energy(stripes(1)), 0.25)
        self.assertAlmostEqual(detail_energy(flat(9)), 0)

    def test_a_blur_keeps_the_mean_and_spreads(self):
        spot = flat(0)
        spot[90, 160] = 1
        soft = blurred(spot, 2)
        self.assertAlmostEqual(soft.sum(), 1)
        # A Gaussian's height in two dimensions is 1 / (2 pi sigma^2).
        self.assertAlmostEqual(soft[90, 160], 1 / (8 * np.pi), places=4)


class FitTest(unittest.TestCase):
    def setUp(self):
        noise = np.random.default_rng(1).random((400, 640))
        picture = blurred(noise, 1.5)[..., None].repeat(3, axis=2)
        self.picture = (picture - picture.min()) / np.ptp(picture)

    def ideal(self, box: Box) -> np.ndarray:
        return 255 * render(self.picture, box, SHAPE[1], SHAPE[0])[..., 0]

    def test_a_move_and_its_opposite(self):
        box = moved(Box(10, 20, 640), SHAPE, (3, 5, 0))
        # The content goes 3 right and 5 down, at 2 picture pixels to one of the frame.
        self.assertEqual(box, Box(4, 10, 640))
        # Twice as large about the middle: half the width, begun a quarter further in.
        self.assertEqual(moved(Box(0, 0, 640), SHAPE, (0, 0, 1)), Box(160, 90, 320))

    def test_the_view_is_found_and_levels_do_not_matter(self):
        true = Box(21.7, 13.2, 560.5)
        found = fit(0.9 * self.ideal(true) + 7, self.ideal, Box(30, 20, 565))
        for value, expected in zip((found.x, found.y, found.width), (true.x, true.y, true.width)):
            self.assertAlmostEqual(value, expected, delta=0.02)

    def test_the_ideal_frame_itself(self):
        found = closeness(self.ideal(Box(20, 15, 560)), self.ideal, Box(22, 13, 562))
        self.assertGreater(found.psnr_db, 60)
        self.assertAlmostEqual(found.ssim, 1, places=4)
        self.assertAlmostEqual(found.detail, 1, places=3)
