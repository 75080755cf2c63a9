"""The OpenAI-compatible stand-in: what it refuses, its pictures, edits, speech and scripts."""
import base64
import json
from urllib.parse import urlsplit

import media
import scripts
from case import OPENAI, SCHEMA, STORY, Case, form


class OpenAiTest(Case):
    served = ("openai",)

    def refused(self, path, body, headers=None):
        status, _, answer = self.call(path, body, headers or OPENAI)
        self.assertEqual(set(answer["error"]), {"message", "type", "param", "code"})
        return status, answer["error"]

    def test_keys_and_models(self):
        self.assertEqual(self.refused("/v1/models", None, {"a": "b"})[0], 401)
        self.assertEqual(self.refused("/v1/models", None, {"Authorization": "Bearer no"})[1]["code"], "invalid_api_key")
        self.assertIn("gpt-image-1", [model["id"] for model in self.call("/v1/models", headers=OPENAI)[2]["data"]])

    def test_requests_that_break_the_shape(self):
        for path, body, word in [
            ("/v1/images/generations", {"model": "gpt-image-1"}, "prompt"),
            (
                "/v1/images/generations",
                {"model": "gpt-image-1", "prompt": "a", "response_format": "url"},
                "Unknown parameter",
            ),
            ("/v1/images/generations", {"model": "gpt-image-1", "prompt": "a", "size": "640x480"}, "size"),
            ("/v1/images/generations", {"model": "dall-e-3", "prompt": "a", "n": 2}, "n"),
            ("/v1/images/generations", {"model": "none", "prompt": "a"}, "does not exist"),
            ("/v1/images/edits", {"model": "gpt-image-1", "prompt": "a"}, "multipart"),
            ("/v1/audio/speech", {"model": "tts-1", "input": "a" * 4097, "voice": "nova"}, "4096"),
            ("/v1/audio/speech", {"model": "tts-1", "input": "a", "voice": "nobody"}, "voice"),
            ("/v1/audio/speech", {"model": "tts-1", "input": "a", "voice": "nova", "speed": 5}, "speed"),
            ("/v1/chat/completions", {"model": "gpt-4o-mini"}, "messages"),
            ("/v1/chat/completions", chat("a", {"type": "json_object"}), "must contain the word 'json'"),
            (
                "/v1/chat/completions",
                chat(
                    "a",
                    {
                        "type": "json_schema",
                        "json_schema": {
                            "name": "script",
                            "strict": True,
                            "schema": {"type": "object", "properties": {}},
                        },
                    },
                ),
                "additionalProperties",
            ),
            ("/v1/chat/completions", b"{", "parse"),
        ]:
            with self.subTest(word):
                status, error = self.refused(path, body)
                self.assertIn(status, (400, 404))
                self.assertIn(word, error["message"])

    def test_pictures(self):
        answer = self.call(
            "/v1/images/generations",
            {"model": "gpt-image-1", "prompt": "a", "n": 2, "size": "1536x1024", "output_format": "webp"},
            OPENAI,
        )[2]
        self.assertEqual(len(answer["data"]), 2)
        self.picture(base64.b64decode(answer["data"][0]["b64_json"]), (1536, 1024))
        self.assertEqual(
            answer["usage"]["total_tokens"], answer["usage"]["input_tokens"] + answer["usage"]["output_tokens"]
        )
        url = self.call(
            "/v1/images/generations", {"model": "stablediffusion", "prompt": "a", "size": "256x128"}, OPENAI
        )[2]["data"][0]["url"]
        _, headers, content = self.call(urlsplit(url).path)
        self.assertEqual(headers["Content-Type"], "image/png")
        self.picture(content, (256, 128))

    def test_edits(self):
        body, content_type = form(
            {"model": "gpt-image-1", "prompt": "a", "size": "1024x1024"},
            [("image[]", "r.png", "image/png", media.picture("r", 64, 64))],
        )
        answer = self.call("/v1/images/edits", body, {**OPENAI, "Content-Type": content_type})[2]
        self.picture(base64.b64decode(answer["data"][0]["b64_json"]), (1024, 1024))
        self.assertEqual(answer["usage"]["input_tokens_details"]["image_tokens"], 323)
        body, content_type = form({"model": "gpt-image-1", "prompt": "a"}, [("image", "r.png", "image/png", b"words")])
        self.assertEqual(
            self.refused("/v1/images/edits", body, {**OPENAI, "Content-Type": content_type})[1]["code"],
            "invalid_image_file",
        )

    def test_speech_in_every_form(self):
        begins = {
            "mp3": (b"ID3", b"\xff\xf3", b"\xff\xfb"),
            "wav": b"RIFF",
            "flac": b"fLaC",
            "opus": b"OggS",
            "aac": b"\xff\xf1",
        }
        for form_asked in ("mp3", "wav", "flac", "opus", "aac", "pcm"):
            _, headers, content = self.call(
                "/v1/audio/speech",
                {"model": "tts-1", "input": "Good day.", "voice": "nova", "response_format": form_asked},
                OPENAI,
            )
            self.assertEqual(headers["Content-Type"], media.SOUND_TYPES[form_asked])
            self.assertTrue(content.startswith(begins.get(form_asked, b"")), form_asked)
        slow, fast = (
            len(
                self.call(
                    "/v1/audio/speech",
                    {
                        "model": "tts-1",
                        "input": "Good day to all of you.",
                        "voice": "nova",
                        "response_format": "pcm",
                        "speed": speed,
                    },
                    OPENAI,
                )[2]
            )
            for speed in (0.7, 1.8)
        )
        self.assertGreater(slow, 1.5 * fast)

    def test_scripts(self):
        schema = json.loads(json.dumps(SCHEMA).lower())
        answer = self.call(
            "/v1/chat/completions",
            chat(STORY, {"type": "json_schema", "json_schema": {"name": "script", "schema": schema}}),
            OPENAI,
        )[2]
        script = json.loads(answer["choices"][0]["message"]["content"])
        self.assertEqual((scripts.violations(schema, script), answer["choices"][0]["finish_reason"]), ([], "stop"))
        told = f"Answer with JSON of this schema: {json.dumps(schema)}\n{STORY}"
        answer = self.call("/v1/chat/completions", chat(told, {"type": "json_object"}), OPENAI)[2]
        self.assertEqual(scripts.violations(schema, json.loads(answer["choices"][0]["message"]["content"])), [])

    def test_refusals_and_cuts(self):
        self.dial("refusal")
        status, error = self.refused("/v1/images/generations", {"model": "gpt-image-1", "prompt": "a"})
        self.assertEqual((status, error["code"]), (400, "moderation_blocked"))
        self.dial("cut_script")
        choice = self.call("/v1/chat/completions", chat("json please", {"type": "json_object"}), OPENAI)[2]["choices"][
            0
        ]
        self.assertEqual(choice["finish_reason"], "length")
        self.assertRaises(ValueError, json.loads, choice["message"]["content"])
        self.dial("status", status=429, per_day=True)
        self.assertEqual(self.refused("/v1/models", None)[1]["code"], "insufficient_quota")


def chat(words, response_format):
    return {
        "model": "gpt-4o-mini",
        "messages": [{"role": "user", "content": words}],
        "response_format": response_format,
    }
