"""ElevenLabs' stand-in: what it refuses, and whether its times are those of its sound."""
import base64
import json

import numpy as np

from case import ELEVEN, OPENAI, TIMES_PATH, Case


class ElevenLabsTest(Case):
    served = ("elevenlabs", "openai")

    def test_keys(self):
        self.assertEqual(
            self.call(TIMES_PATH, {"text": "a"}, {"xi-api-key": "no"})[2]["detail"]["status"], "invalid_api_key"
        )
        self.assertEqual(self.call("/v1/user")[0], 401)
        self.assertEqual(self.call("/v1/user", headers=ELEVEN)[2]["subscription"]["character_limit"], 10000)

    def test_a_path_that_two_have_goes_to_the_one_whose_key_came(self):
        self.assertIn("eleven_v3", [model["model_id"] for model in self.call("/v1/models", headers=ELEVEN)[2]])
        self.assertIn("tts-1", [model["id"] for model in self.call("/v1/models", headers=OPENAI)[2]["data"]])

    def test_requests_that_break_the_shape(self):
        for path, body, status, word in [
            (TIMES_PATH, {}, 422, "text"),
            (TIMES_PATH, {"text": "a", "voice": "b"}, 422, "voice"),
            (TIMES_PATH, {"text": "a", "voice_settings": {"stability": 2}}, 422, "stability"),
            (TIMES_PATH, {"text": "a" * 10001}, 400, "max_character_limit_exceeded"),
            (TIMES_PATH, {"text": "a", "model_id": "none"}, 400, "model_not_found"),
            (TIMES_PATH + "?output_format=mp3_1_1", {"text": "a"}, 400, "output_format"),
            ("/v1/text-to-speech/nobody/with-timestamps", {"text": "a"}, 404, "voice_not_found"),
        ]:
            with self.subTest(word):
                found, _, answer = self.call(path, body, ELEVEN)
                self.assertEqual(found, status)
                self.assertIn(word, json.dumps(answer["detail"]))

    def test_times_are_those_of_the_sound(self):
        # The longest silence is the breath between the two sentences, and where it ends the second begins.
        text = "[sighs] Nobody came. Perhaps they will tomorrow"
        answer = self.call(TIMES_PATH + "?output_format=pcm_22050", {"text": text}, ELEVEN)[2]
        samples = np.frombuffer(base64.b64decode(answer["audio_base64"]), "<i2")
        starts, ends = (np.array(answer["alignment"][f"character_{which}_times_seconds"]) for which in ("start", "end"))
        self.assertEqual("".join(answer["alignment"]["characters"]), text)
        self.assertTrue((starts <= ends).all() and (np.diff(starts) >= 0).all() and starts[0] == 0)
        self.assertAlmostEqual(ends[-1], len(samples) / 22050, delta=0.01)
        heard = np.flatnonzero(np.abs(samples.astype(int)) > 300)
        longest = np.diff(heard).argmax()
        self.assertAlmostEqual(starts[text.index("Perhaps")], heard[longest + 1] / 22050, delta=0.1)

    def test_answers_without_times(self):
        self.dial("no_alignment")
        answer = self.call(TIMES_PATH, {"text": "a"}, ELEVEN)[2]
        self.assertIsNone(answer["alignment"])
        self.assertIsNone(answer["normalized_alignment"])

    def test_busy_differs_from_too_many(self):
        self.dial("status", status=429, code="system_busy")
        self.dial("status", status=429)
        found = [self.call(TIMES_PATH, {"text": "a"}, ELEVEN)[2]["detail"]["status"] for _ in range(2)]
        self.assertEqual(found, ["system_busy", "too_many_concurrent_requests"])
