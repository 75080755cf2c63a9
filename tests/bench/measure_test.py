"""Processes that take known time and memory."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import bench_path  # noqa: F401
from measure import measure

BURN = "import time\nwhile time.process_time() < 0.4: pass"


class MeasureTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.log = Path(folder.name, "log")

    def test_time_and_memory(self):
        ran = measure([sys.executable, "-c", "import time; held = b'x' * 100_000_000; time.sleep(0.7)"], self.log)
        self.assertEqual(ran.status, 0)
        self.assertTrue(0.7 <= ran.wall_s < 10)
        self.assertGreater(ran.peak_bytes, 100_000_000)

    def test_children_and_orphans_count(self):
        command = f'"{sys.executable}" -c "$1"; "{sys.executable}" -c "$1" & exit 0'
        ran = measure(["sh", "-c", command, "sh", BURN], self.log)
        self.assertGreater(ran.cpu_s, 0.75)

    def test_a_process_beside_counts_from_now_on(self):
        burn_when_told = f"import time\ninput()\nprint(flush=True)\nstart = time.process_time()\n{BURN.replace('0.4', 'start + 0.4')}\ninput()"
        beside = subprocess.Popen([sys.executable, "-c", burn_when_told], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        beside.stdin.write(b"\n")
        beside.stdin.flush()
        beside.stdout.readline()
        ran = measure(["sleep", "1.5"], self.log, (beside.pid,))
        beside.communicate(b"\n")
        self.assertTrue(0.3 < ran.cpu_s < 1.4, ran)

    def test_a_failure_keeps_its_last_words(self):
        ran = measure(["sh", "-c", "echo no such film >&2; exit 3"], self.log)
        self.assertEqual((ran.status, ran.last_words), (3, "no such film"))
