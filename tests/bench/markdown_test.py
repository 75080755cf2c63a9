"""A made-up report and its table."""
import unittest

import bench_path  # noqa: F401
from markdown import psnr_of_all, replaced, table

FRAMES = [{"frame": 1, "psnr_db": 40.0, "ssim": 0.99, "detail": 1.0}, {"frame": 2, "psnr_db": 40.0, "ssim": 0.97, "detail": 0.9}]
TIMES = {"wall_s": 10.04, "cpu_s": 19.5, "peak_mb": 512, "frames": 630, "frames_per_s": 62.75, "of_encode_only": 0.87, "runs": [{"wall_s": 10.0, "other_cpu_s": 0.9}]}
REPORT = {
    "reeld_peers": 1,
    "date": "2026-01-02T03:04:05+00:00",
    "machine": {"cpu": "Some CPU", "cores": 2, "memory_mb": 1, "system": "Debian", "kernel": "6"},
    "job": {"scenes": 5, "seconds_per_scene": 5.0, "frames": 630, "width": 1920, "height": 1080, "preset": "veryfast", "crf": 23},
    "rounds": 3,
    "programs": [
        {"name": "encode-only", "title": "encode only", "here": True, "version": "5.1", **TIMES, "of_encode_only": 1.0},
        {"name": "reeld", "title": "reeld", "here": True, "version": "0.1", **TIMES, "jitter_px_rms": 0.00236, "closeness": FRAMES},
        {"name": "slow", "title": "slow", "here": True, "version": "2", "note": "has no pan", **TIMES, "frames": 629},
        {"name": "late", "title": "late", "here": True, "version": "2", **TIMES, "runs": [{"wall_s": 10.0, "other_cpu_s": 5.0}]},
        {"name": "broken", "title": "broken", "here": True, "version": "3", "failed": "exit status 1: a\nb"},
        {"name": "absent", "title": "absent", "here": False, "why": "no absent in PATH"},
    ],
}


class MarkdownTest(unittest.TestCase):
    def test_a_row_a_program_that_ran(self):
        lines = table(REPORT).splitlines()
        self.assertEqual(lines[2], "| encode only 5.1 | 10.0 | 19.5 | 62.8 | 1.00 | 512 | – | – | – | – |")
        self.assertEqual(lines[3], "| **reeld** 0.1 | 10.0 | 19.5 | 62.8 | 0.87 | 512 | 0.0024 | 40.0 | 0.9800 | 0.95 |")
        self.assertEqual(sum(row.startswith("|") for row in lines), 2 + 4)
        self.assertEqual(len({row.count("|") for row in lines if row.startswith("|")}), 1)

    def test_what_is_said_below(self):
        text = table(REPORT)
        job = "5 scenes of 5 s, 630 frames of 1920x1080, x264 veryfast crf 23; medians of 3."
        self.assertIn(f"2026-01-02, Some CPU, 2 cores, Debian: {job}", text)
        self.assertIn("- slow: has no pan.\n- slow: made 629 frames of 630.", text)
        self.assertIn("- late: disturbed: other programs took up to 25% of the processor meanwhile.", text)
        self.assertIn("- broken 3: failed: b", text)
        self.assertIn("- absent: not here: no absent in PATH.", text)

    def test_psnr_of_several_frames_is_that_of_their_mean_error(self):
        # Errors of 1 and 0.01 of the peak's square: their mean is 0.505, -10 log10 0.505 = 2.967.
        self.assertAlmostEqual(psnr_of_all([{"psnr_db": 0.0}, {"psnr_db": 20.0}]), 2.967, places=3)

    def test_only_what_is_between_the_markers_is_replaced(self):
        page = "before\n<!-- peers -->\nold\n<!-- /peers -->\nafter\n"
        new = replaced(page, REPORT)
        self.assertEqual(new, f"before\n<!-- peers -->\n{table(REPORT)}\n<!-- /peers -->\nafter\n")
        self.assertEqual(replaced(new, REPORT), new)

    def test_a_page_without_markers_is_refused(self):
        for page in ("", "<!-- peers -->", "<!-- /peers -->"):
            with self.assertRaises(ValueError):
                replaced(page, REPORT)
