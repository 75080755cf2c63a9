"""Gemini's stand-in: what it refuses, its pictures, scripts and speech."""
import base64
import json

import numpy as np

import media
import scripts
from case import GEMINI, PICTURE_PATH, SCHEMA, SPEECH_PATH, STORY, TEXT_PATH, Case, asked, data_of


class GeminiTest(Case):
    served = ("gemini", "--gone", "gemini-2.5-flash-image")

    def refused(self, body, path=PICTURE_PATH, headers=None):
        status, _, answer = self.call(path, body, headers or GEMINI)
        self.assertEqual(set(answer["error"]) - {"details"}, {"code", "message", "status"})
        self.assertEqual(status, answer["error"]["code"])
        return answer["error"]

    def test_keys(self):
        self.assertEqual(self.refused(asked("a"), headers={"x-a": "b"})["status"], "PERMISSION_DENIED")
        wrong = self.refused(asked("a"), headers={"x-goog-api-key": "no"})
        self.assertEqual((wrong["code"], wrong["details"][0]["reason"]), (400, "API_KEY_INVALID"))
        self.call("/v1beta/models", headers=GEMINI)
        self.assertEqual([entry["key"] for entry in self.log()], ["absent", "wrong", "right"])
        self.assertNotIn("test-key", json.dumps(self.log()))

    def test_models_that_are_gone_or_never_were(self):
        gone = self.refused(asked("a"), "/v1beta/models/gemini-2.5-flash-image:generateContent")
        self.assertEqual((gone["code"], gone["status"]), (404, "NOT_FOUND"))
        self.assertIn("no longer available", gone["message"])
        self.assertIn("is not found", self.refused(asked("a"), "/v1beta/models/none:generateContent")["message"])
        names = [model["name"] for model in self.call("/v1beta/models", headers=GEMINI)[2]["models"]]
        self.assertIn("models/gemini-3.1-flash-image", names)
        self.assertNotIn("models/gemini-2.5-flash-image", names)

    def test_requests_that_break_the_shape(self):
        text = {"text": "a"}
        for body, words in [
            ({}, "contents"),
            ({"contents": []}, "contents is not specified"),
            ({"contents": [{"parts": []}]}, "must not be empty"),
            ({**asked("a"), "seed": 1}, 'Unknown name "seed"'),
            (asked("a", size="1K"), "at 'generationConfig'"),
            (asked("a", imageConfig={"aspectRatio": "5:1"}), "aspectRatio"),
            (asked("a", imageConfig={"imageSize": "8K"}), "imageSize"),
            (asked("a", responseModalities=["AUDIO"]), "not supported by the model"),
            (asked("a", seed=1.5), "seed"),
            (
                {"contents": [{"parts": [text, {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}]}]},
                "input image",
            ),
            (b"{", "Invalid JSON payload"),
        ]:
            with self.subTest(words):
                self.assertIn(words, self.refused(body)["message"])
        wrong_schema = {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}, "additionalProperties": False}
        self.assertIn(
            "additionalProperties",
            self.refused(asked("a", responseMimeType="application/json", responseSchema=wrong_schema), TEXT_PATH)[
                "message"
            ],
        )
        self.assertIn("speechConfig", self.refused(asked("a", responseModalities=["AUDIO"]), SPEECH_PATH)["message"])

    def test_a_picture(self):
        status, _, answer = self.call(
            PICTURE_PATH,
            asked(
                "a fox", responseModalities=["TEXT", "IMAGE"], imageConfig={"aspectRatio": "16:9", "imageSize": "1K"}
            ),
            GEMINI,
        )
        self.assertEqual(status, 200)
        candidate = answer["candidates"][0]
        self.assertEqual([list(part) for part in candidate["content"]["parts"]], [["text"], ["inlineData"]])
        self.assertEqual(candidate["finishReason"], "STOP")
        self.assertEqual(answer["modelVersion"], "gemini-3.1-flash-image")
        usage = answer["usageMetadata"]
        self.assertEqual(usage["totalTokenCount"], usage["promptTokenCount"] + usage["candidatesTokenCount"])
        fox = self.picture(base64.b64decode(data_of(answer)["data"]), (1344, 768))
        cat = self.picture(
            base64.b64decode(
                data_of(self.call(PICTURE_PATH, asked("a cat", imageConfig={"aspectRatio": "16:9"}), GEMINI)[2])["data"]
            )
        )
        self.assertGreater(np.abs(fox.astype(int) - cat).mean(), 10)

    def test_a_picture_out_of_focus_and_one_that_no_seed_changes(self):
        def made(seed):
            answer = self.call(PICTURE_PATH, asked("a fox", seed=seed), GEMINI)[2]
            return self.picture(base64.b64decode(data_of(answer)["data"])).astype(int)

        def edges(pixels):
            return np.abs(np.diff(pixels, axis=0)).max()

        sharp = made(1)
        self.dial("blurred")
        self.assertLess(edges(made(1)), edges(sharp) / 4)
        self.assertTrue((made(1) == sharp).all())
        self.dial("seedless")
        self.assertTrue((made(1) == made(0)).all())

    def test_a_picture_that_is_spoilt_within(self):
        def made():
            answer = self.call(PICTURE_PATH, asked("a fox", seed=1), GEMINI)[2]
            return base64.b64decode(data_of(answer)["data"])

        whole = made()
        self.dial("spoilt_picture")
        spoilt = made()
        self.assertEqual((len(spoilt), spoilt[:100], spoilt[-100:]), (len(whole), whole[:100], whole[-100:]))
        with self.assertRaises(OSError):
            self.picture(spoilt)

    def test_a_reference_picture_is_read_and_counted(self):
        reference = {
            "mimeType": "image/jpeg",
            "data": base64.b64encode(media.picture("r", 64, 64, 0, "image/jpeg")).decode(),
        }
        body = {"contents": [{"parts": [{"text": "like this"}, {"inlineData": reference}]}]}
        usage = self.call(PICTURE_PATH, body, GEMINI)[2]["usageMetadata"]
        self.assertIn({"modality": "IMAGE", "tokenCount": 258}, usage["promptTokensDetails"])
        reference["mimeType"] = "image/png"
        self.assertIn("image/jpeg", self.refused(body)["message"])

    def test_a_script_satisfies_its_schema_and_is_about_the_text(self):
        answer = self.call(TEXT_PATH, asked(STORY, responseMimeType="application/json", responseSchema=SCHEMA), GEMINI)[
            2
        ]
        script = json.loads(answer["candidates"][0]["content"]["parts"][0]["text"])
        self.assertEqual(scripts.violations(SCHEMA, script), [])
        self.assertEqual(script["scenes"][0]["text"], "A boat leaves the harbour.")
        self.assertEqual(len(script["scenes"]), 3)

    def test_speech_is_headerless_sound_of_the_text(self):
        def seconds(text):
            config = {
                "responseModalities": ["AUDIO"],
                "speechConfig": {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Kore"}}},
            }
            data = data_of(self.call(SPEECH_PATH, asked(text, **config), GEMINI)[2])
            self.assertEqual(data["mimeType"], "audio/L16;codec=pcm;rate=24000")
            samples = np.frombuffer(base64.b64decode(data["data"]), "<i2")
            self.assertGreater(np.abs(samples.astype(int)).max(), 2000)
            return len(samples) / 24000

        self.assertGreater(seconds("one two three four five six seven eight"), 1.5 * seconds("one two"))

    def test_refusals_and_scripts_that_fail(self):
        self.dial("refusal")
        candidate = self.call(PICTURE_PATH, asked("a"), GEMINI)[2]["candidates"][0]
        self.assertEqual(candidate["finishReason"], "IMAGE_SAFETY")
        self.assertNotIn("content", candidate)
        self.dial("refusal", form="prompt", reason="BLOCKLIST")
        answer = self.call(PICTURE_PATH, asked("a"), GEMINI)[2]
        self.assertEqual(answer["promptFeedback"], {"blockReason": "BLOCKLIST"})
        self.assertNotIn("candidates", answer)
        wish = asked(STORY, responseMimeType="application/json", responseSchema=SCHEMA)
        self.dial("cut_script")
        candidate = self.call(TEXT_PATH, wish, GEMINI)[2]["candidates"][0]
        self.assertEqual(candidate["finishReason"], "MAX_TOKENS")
        self.assertRaises(ValueError, json.loads, candidate["content"]["parts"][0]["text"])
        self.dial("bad_script")
        script = json.loads(self.call(TEXT_PATH, wish, GEMINI)[2]["candidates"][0]["content"]["parts"][0]["text"])
        self.assertNotEqual(scripts.violations(SCHEMA, script), [])
        self.dial("answer_text", text="so be it")
        self.assertEqual(
            self.call(TEXT_PATH, wish, GEMINI)[2]["candidates"][0]["content"]["parts"][0]["text"], "so be it"
        )
        self.dial("text_only")
        self.assertEqual(
            [
                list(part)
                for part in self.call(PICTURE_PATH, asked("a"), GEMINI)[2]["candidates"][0]["content"]["parts"]
            ],
            [["text"]],
        )

    def test_quota(self):
        self.dial("status", status=429, retry_delay="47s", retry_after=47, per_day=True)
        status, headers, answer = self.call(PICTURE_PATH, asked("a"), GEMINI)
        self.assertEqual((status, headers["Retry-After"], answer["error"]["status"]), (429, "47", "RESOURCE_EXHAUSTED"))
        quota, retry = answer["error"]["details"]
        self.assertIn("PerDay", quota["violations"][0]["quotaId"])
        self.assertEqual(retry["retryDelay"], "47s")
