"""Each fault of the dial, as a client sees it on the wire."""
import base64
import http.client
import time

import media
from case import GEMINI, PICTURE_PATH, Case, asked, data_of, until
from dial import Misdialled, check


class DialTest(Case):
    served = ("files", "gemini")
    path = "/files/picture.png?width=320&height=240"

    def test_faults_that_do_not_exist(self):
        for wrong in (
            {},
            {"fault": "earthquake"},
            {"fault": "status"},
            {"fault": "stall", "seconds": "1"},
            {"fault": "garbage", "tims": 1},
            {"fault": "stall", "seconds": 1, "phase": "sometime"},
            {"fault": "garbage", "times": 0},
        ):
            self.assertRaises(Misdialled, check, wrong)
        self.assertEqual(self.call("/_dial", {"fault": "earthquake"})[0], 400)

    def test_faults_apply_to_what_they_match_as_often_as_told(self):
        self.dial("status", status=500, match="picture.jpg", times=2)
        self.dial("status", status=503, match_body="third")
        statuses = [
            self.call(path)[0]
            for path in ("/files/picture.png", "/files/picture.jpg", "/files/picture.jpg", "/files/picture.jpg")
        ]
        self.assertEqual(statuses, [200, 500, 500, 200])
        self.assertEqual(
            [self.call(PICTURE_PATH, asked(words), GEMINI)[0] for words in ("second", "third")], [200, 503]
        )
        self.dial("status", status=500, times=-1)
        self.assertEqual([self.call(self.path)[0] for _ in range(3)], [500] * 3)
        self.call("/_reset", b"")
        self.assertEqual(self.call(self.path)[0], 200)
        self.assertEqual([(entry["path"], entry["status"]) for entry in self.log()], [("/files/picture.png", 200)])

    def test_stalls_at_every_phase(self):
        for phase in ("accept", "headers", "body"):
            self.dial("stall", phase=phase, seconds=0.3)
            start = time.monotonic()
            status, _, content = self.call(self.path)
            self.assertGreaterEqual(time.monotonic() - start, 0.3, phase)
            self.assertEqual((status, media.picture_type(content)), (200, "image/png"))

    def test_a_stall_ends_when_the_client_has_had_enough(self):
        self.dial("stall", seconds=120)
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_address[1], timeout=0.2)
        connection.request("GET", self.path)
        self.assertRaises(TimeoutError, connection.getresponse)
        connection.close()
        until(lambda: self.call("/files/page.html")[0] == 200 and self.log()[-1]["in_flight"] == 1)

    def test_resets_at_every_phase(self):
        for phase in ("accept", "answer", "body"):
            self.dial("reset", phase=phase)
            with self.assertRaises((ConnectionResetError, http.client.IncompleteRead), msg=phase):
                self.call(self.path)

    def test_bodies_that_are_not_as_told(self):
        self.dial("garbage")
        self.assertIsInstance(self.call(PICTURE_PATH, asked("a"), GEMINI)[2], bytes)
        self.dial("wrong_shape")
        self.assertEqual(list(self.call(PICTURE_PATH, asked("a"), GEMINI)[2]), ["answer"])
        self.dial("wrong_shape", body={"candidates": "none"})
        self.assertEqual(self.call(PICTURE_PATH, asked("a"), GEMINI)[2], {"candidates": "none"})
        self.dial("truncated")
        self.assertRaises(http.client.IncompleteRead, self.call, self.path)
        self.dial("oversized", bytes=3_000_000)
        self.assertEqual(len(self.call(self.path)[2]), 3_000_000)
        self.dial("oversized", bytes=3_000_000, chunked=True)
        _, headers, content = self.call(self.path)
        self.assertEqual((len(content), headers["Content-Length"]), (3_000_000, None))

    def test_a_body_without_end(self):
        self.dial("oversized")
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_address[1], timeout=30)
        connection.request("GET", self.path)
        self.assertEqual(len(connection.getresponse().read(20_000_000)), 20_000_000)
        connection.close()

    def test_a_slow_drip(self):
        self.dial("drip", bytes=100, every_s=0.02)
        start = time.monotonic()
        content = self.call("/files/page.html")[2]
        self.assertGreaterEqual(time.monotonic() - start, 0.02 * (len(content) // 100))

    def test_media_of_a_wrong_type(self):
        self.dial("wrong_type")
        data = data_of(self.call(PICTURE_PATH, asked("a"), GEMINI)[2])
        self.assertEqual(data["mimeType"], "image/png")
        self.assertRaises(ValueError, media.picture_type, base64.b64decode(data["data"]))
        self.dial("wrong_type", says="application/pdf")
        self.assertEqual(self.call(self.path)[1]["Content-Type"], "application/pdf")

    def test_connections_are_kept(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_address[1], timeout=30)
        for _ in range(3):
            connection.request("GET", "/files/page.html")
            connection.getresponse().read()
        connection.close()
        self.assertEqual(len({entry["connection"] for entry in self.log()}), 1)
