"""The standard job's numbers."""
import unittest
from pathlib import Path

import bench_path  # noqa: F401
from job import VIEW_HEIGHT, VIEW_TOP, box_at, measuring_job, standard_job


class JobTest(unittest.TestCase):
    def test_five_scenes_of_five_seconds(self):
        # Five times 150 frames, less four crossfades of 30: 630, 21 s.
        job = standard_job([Path(f"{index}.jpg") for index in range(5)], Path("voice.wav"), 5)
        self.assertEqual((job.scene_frames, job.crossfade_frames, job.frames), (150, 30, 630))
        self.assertEqual([job.scene_start(index) for index in range(3)], [0, 120, 240])

    def test_the_job_for_measuring_is_lossless_and_bare(self):
        job = measuring_job(Path("dots.png"), 5)
        self.assertEqual((job.crf, job.texts, job.voice, job.frames), (0, (), None, 150))

    def test_the_view_shrinks_towards_its_lower_right_corner(self):
        self.assertEqual((box_at(0).x, box_at(0).y, box_at(0).width), (0, VIEW_TOP, 4032))
        for u in (0, 0.3, 1):
            self.assertAlmostEqual(box_at(u).x + box_at(u).width, 4032)
            self.assertAlmostEqual(box_at(u).y + box_at(u).height, VIEW_TOP + VIEW_HEIGHT)
        self.assertAlmostEqual(box_at(1).width, 4032 / 1.15)

    def test_a_zoom_about_the_middle(self):
        box = box_at(1, zoom_point=0.5)
        self.assertAlmostEqual(box.x + box.width / 2, 2016)
        self.assertAlmostEqual(box.y + box.height / 2, 1512)
