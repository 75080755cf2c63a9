"""The stand-ins themselves: what they refuse, what they answer, and each fault of the dial."""
import base64
import http.client
import io
import json
import pathlib
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import wave
from urllib.parse import urlsplit

import numpy as np
from PIL import Image

import media
import scripts
import standin
from dial import Misdialled, check
from server import Server

HERE = pathlib.Path(__file__).parent
GEMINI = {"x-goog-api-key": "test-key"}
OPENAI = {"Authorization": "Bearer test-key"}
ELEVEN = {"xi-api-key": "test-key"}
PICTURE_PATH = "/v1beta/models/gemini-3.1-flash-image:generateContent"
TEXT_PATH = "/v1beta/models/gemini-2.5-flash:generateContent"
SPEECH_PATH = "/v1beta/models/gemini-2.5-flash-preview-tts:generateContent"
TIMES_PATH = "/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM/with-timestamps"


def serve(*told):
    settings = standin.arguments(list(told))
    server = Server([standin.APIS[name](settings) for name in settings.api])
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


class Case(unittest.TestCase):
    served = ()

    @classmethod
    def setUpClass(cls):
        cls.server = serve(*cls.served)
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)

    def setUp(self):
        self.server.reset()

    def call(self, path, body=None, headers=None, method=None, timeout=30):
        """(status, headers, content); JSON is sent where `body` is not bytes, and read where it is answered."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_address[1], timeout=timeout)
        self.addCleanup(connection.close)
        if body is not None and not isinstance(body, bytes):
            body, headers = json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})}
        connection.request(method or ("GET" if body is None else "POST"), path, body, headers or {})
        answer = connection.getresponse()
        content = answer.read()
        if answer.getheader("Content-Type") == "application/json":
            try:
                content = json.loads(content)
            except ValueError:
                pass
        return answer.status, answer.headers, content

    def dial(self, fault, **settings):
        status, _, content = self.call("/_dial", {"fault": fault, **settings})
        self.assertEqual(status, 200, content)

    def log(self):
        return self.call("/_log")[2]

    def picture(self, content, size=None):
        with Image.open(io.BytesIO(content)) as image:
            image.load()
            if size:
                self.assertEqual(image.size, size)
            return np.asarray(image.convert("RGB"))


def asked(prompt, **config):
    return {"contents": [{"role": "user", "parts": [{"text": prompt}]}], "generationConfig": config}


def data_of(answer):
    return next(part["inlineData"] for part in answer["candidates"][0]["content"]["parts"] if "inlineData" in part)


SCHEMA = {"type": "OBJECT", "required": ["scenes"], "properties": {"scenes": {
    "type": "ARRAY", "minItems": 2, "maxItems": 3, "items": {"type": "OBJECT", "required": ["text", "mood", "duration"],
                                                             "properties": {
        "text": {"type": "STRING", "maxLength": 30}, "mood": {"type": "STRING", "enum": ["calm", "tense"]},
        "duration": {"type": "NUMBER", "minimum": 2, "maximum": 8}}}}}}
STORY = 'Write scenes.\nText: A boat leaves the harbour. The storm comes! Is it safe? It is.'


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
                ({}, "contents"), ({"contents": []}, "contents is not specified"),
                ({"contents": [{"parts": []}]}, "must not be empty"),
                ({**asked("a"), "seed": 1}, 'Unknown name "seed"'),
                (asked("a", size="1K"), "at 'generationConfig'"),
                (asked("a", imageConfig={"aspectRatio": "5:1"}), "aspectRatio"),
                (asked("a", imageConfig={"imageSize": "8K"}), "imageSize"),
                (asked("a", responseModalities=["AUDIO"]), "not supported by the model"),
                (asked("a", seed=1.5), "seed"),
                ({"contents": [{"parts": [text, {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}]}]}, "input image"),
                (b"{", "Invalid JSON payload")]:
            with self.subTest(words):
                self.assertIn(words, self.refused(body)["message"])
        wrong_schema = {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}, "additionalProperties": False}
        self.assertIn("additionalProperties", self.refused(asked("a", responseMimeType="application/json",
                                                                 responseSchema=wrong_schema), TEXT_PATH)["message"])
        self.assertIn("speechConfig", self.refused(asked("a", responseModalities=["AUDIO"]), SPEECH_PATH)["message"])

    def test_a_picture(self):
        status, _, answer = self.call(PICTURE_PATH, asked("a fox", responseModalities=["TEXT", "IMAGE"], imageConfig={
            "aspectRatio": "16:9", "imageSize": "1K"}), GEMINI)
        self.assertEqual(status, 200)
        candidate = answer["candidates"][0]
        self.assertEqual([list(part) for part in candidate["content"]["parts"]], [["text"], ["inlineData"]])
        self.assertEqual(candidate["finishReason"], "STOP")
        self.assertEqual(answer["modelVersion"], "gemini-3.1-flash-image")
        usage = answer["usageMetadata"]
        self.assertEqual(usage["totalTokenCount"], usage["promptTokenCount"] + usage["candidatesTokenCount"])
        fox = self.picture(base64.b64decode(data_of(answer)["data"]), (1344, 768))
        cat = self.picture(base64.b64decode(data_of(self.call(PICTURE_PATH, asked("a cat", imageConfig={
            "aspectRatio": "16:9"}), GEMINI)[2])["data"]))
        self.assertGreater(np.abs(fox.astype(int) - cat).mean(), 10)

    def test_a_reference_picture_is_read_and_counted(self):
        reference = {"mimeType": "image/jpeg", "data": base64.b64encode(media.picture("r", 64, 64, 0, "image/jpeg")).decode()}
        body = {"contents": [{"parts": [{"text": "like this"}, {"inlineData": reference}]}]}
        usage = self.call(PICTURE_PATH, body, GEMINI)[2]["usageMetadata"]
        self.assertIn({"modality": "IMAGE", "tokenCount": 258}, usage["promptTokensDetails"])
        reference["mimeType"] = "image/png"
        self.assertIn("image/jpeg", self.refused(body)["message"])

    def test_a_script_satisfies_its_schema_and_is_about_the_text(self):
        answer = self.call(TEXT_PATH, asked(STORY, responseMimeType="application/json", responseSchema=SCHEMA), GEMINI)[2]
        script = json.loads(answer["candidates"][0]["content"]["parts"][0]["text"])
        self.assertEqual(scripts.violations(SCHEMA, script), [])
        self.assertEqual(script["scenes"][0]["text"], "A boat leaves the harbour.")
        self.assertEqual(len(script["scenes"]), 3)

    def test_speech_is_headerless_sound_of_the_text(self):
        def seconds(text):
            config = {"responseModalities": ["AUDIO"], "speechConfig": {"voiceConfig": {"prebuiltVoiceConfig": {
                "voiceName": "Kore"}}}}
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
        self.assertEqual(self.call(TEXT_PATH, wish, GEMINI)[2]["candidates"][0]["content"]["parts"][0]["text"], "so be it")
        self.dial("text_only")
        self.assertEqual([list(part) for part in self.call(PICTURE_PATH, asked("a"), GEMINI)[2]["candidates"][0]["content"]["parts"]],
                         [["text"]])

    def test_quota(self):
        self.dial("status", status=429, retry_delay="47s", retry_after=47, per_day=True)
        status, headers, answer = self.call(PICTURE_PATH, asked("a"), GEMINI)
        self.assertEqual((status, headers["Retry-After"], answer["error"]["status"]), (429, "47", "RESOURCE_EXHAUSTED"))
        quota, retry = answer["error"]["details"]
        self.assertIn("PerDay", quota["violations"][0]["quotaId"])
        self.assertEqual(retry["retryDelay"], "47s")


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
                ("/v1/images/generations", {"model": "gpt-image-1", "prompt": "a", "response_format": "url"}, "Unknown parameter"),
                ("/v1/images/generations", {"model": "gpt-image-1", "prompt": "a", "size": "640x480"}, "size"),
                ("/v1/images/generations", {"model": "dall-e-3", "prompt": "a", "n": 2}, "n"),
                ("/v1/images/generations", {"model": "none", "prompt": "a"}, "does not exist"),
                ("/v1/images/edits", {"model": "gpt-image-1", "prompt": "a"}, "multipart"),
                ("/v1/audio/speech", {"model": "tts-1", "input": "a" * 4097, "voice": "nova"}, "4096"),
                ("/v1/audio/speech", {"model": "tts-1", "input": "a", "voice": "nobody"}, "voice"),
                ("/v1/audio/speech", {"model": "tts-1", "input": "a", "voice": "nova", "speed": 5}, "speed"),
                ("/v1/chat/completions", {"model": "gpt-4o-mini"}, "messages"),
                ("/v1/chat/completions", chat("a", {"type": "json_object"}), "must contain the word 'json'"),
                ("/v1/chat/completions", chat("a", {"type": "json_schema", "json_schema": {
                    "name": "script", "strict": True, "schema": {"type": "object", "properties": {}}}}), "additionalProperties"),
                ("/v1/chat/completions", b"{", "parse")]:
            with self.subTest(word):
                status, error = self.refused(path, body)
                self.assertIn(status, (400, 404))
                self.assertIn(word, error["message"])

    def test_pictures(self):
        answer = self.call("/v1/images/generations", {"model": "gpt-image-1", "prompt": "a", "n": 2, "size": "1536x1024",
                                                      "output_format": "webp"}, OPENAI)[2]
        self.assertEqual(len(answer["data"]), 2)
        self.picture(base64.b64decode(answer["data"][0]["b64_json"]), (1536, 1024))
        self.assertEqual(answer["usage"]["total_tokens"], answer["usage"]["input_tokens"] + answer["usage"]["output_tokens"])
        url = self.call("/v1/images/generations", {"model": "stablediffusion", "prompt": "a", "size": "256x128"},
                        OPENAI)[2]["data"][0]["url"]
        _, headers, content = self.call(urlsplit(url).path)
        self.assertEqual(headers["Content-Type"], "image/png")
        self.picture(content, (256, 128))

    def test_edits(self):
        body, content_type = form({"model": "gpt-image-1", "prompt": "a", "size": "1024x1024"},
                                  [("image[]", "r.png", "image/png", media.picture("r", 64, 64))])
        answer = self.call("/v1/images/edits", body, {**OPENAI, "Content-Type": content_type})[2]
        self.picture(base64.b64decode(answer["data"][0]["b64_json"]), (1024, 1024))
        self.assertEqual(answer["usage"]["input_tokens_details"]["image_tokens"], 323)
        body, content_type = form({"model": "gpt-image-1", "prompt": "a"}, [("image", "r.png", "image/png", b"words")])
        self.assertEqual(self.refused("/v1/images/edits", body, {**OPENAI, "Content-Type": content_type})[1]["code"],
                         "invalid_image_file")

    def test_speech_in_every_form(self):
        begins = {"mp3": (b"ID3", b"\xff\xf3", b"\xff\xfb"), "wav": b"RIFF", "flac": b"fLaC", "opus": b"OggS", "aac": b"\xff\xf1"}
        for form_asked in ("mp3", "wav", "flac", "opus", "aac", "pcm"):
            _, headers, content = self.call("/v1/audio/speech", {"model": "tts-1", "input": "Good day.", "voice": "nova",
                                                                 "response_format": form_asked}, OPENAI)
            self.assertEqual(headers["Content-Type"], media.SOUND_TYPES[form_asked])
            self.assertTrue(content.startswith(begins.get(form_asked, b"")), form_asked)
        slow, fast = (len(self.call("/v1/audio/speech", {"model": "tts-1", "input": "Good day to all of you.", "voice": "nova",
                                    "response_format": "pcm", "speed": speed}, OPENAI)[2]) for speed in (0.7, 1.8))
        self.assertGreater(slow, 1.5 * fast)

    def test_scripts(self):
        schema = json.loads(json.dumps(SCHEMA).lower())
        answer = self.call("/v1/chat/completions", chat(STORY, {"type": "json_schema", "json_schema": {
            "name": "script", "schema": schema}}), OPENAI)[2]
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
        choice = self.call("/v1/chat/completions", chat("json please", {"type": "json_object"}), OPENAI)[2]["choices"][0]
        self.assertEqual(choice["finish_reason"], "length")
        self.assertRaises(ValueError, json.loads, choice["message"]["content"])
        self.dial("status", status=429, per_day=True)
        self.assertEqual(self.refused("/v1/models", None)[1]["code"], "insufficient_quota")


def chat(words, response_format):
    return {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": words}], "response_format": response_format}


def form(fields, files):
    """multipart/form-data as (body, content type)."""
    parts = [f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
             for name, value in fields.items()]
    parts += [f'--cut\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: {media_type}\r\n\r\n'
              .encode() + content + b"\r\n" for name, filename, media_type, content in files]
    return b"".join(parts) + b"--cut--\r\n", "multipart/form-data; boundary=cut"


class ElevenLabsTest(Case):
    served = ("elevenlabs", "openai")

    def test_keys(self):
        self.assertEqual(self.call(TIMES_PATH, {"text": "a"}, {"xi-api-key": "no"})[2]["detail"]["status"], "invalid_api_key")
        self.assertEqual(self.call("/v1/user")[0], 401)
        self.assertEqual(self.call("/v1/user", headers=ELEVEN)[2]["subscription"]["character_limit"], 10000)

    def test_a_path_that_two_have_goes_to_the_one_whose_key_came(self):
        self.assertIn("eleven_v3", [model["model_id"] for model in self.call("/v1/models", headers=ELEVEN)[2]])
        self.assertIn("tts-1", [model["id"] for model in self.call("/v1/models", headers=OPENAI)[2]["data"]])

    def test_requests_that_break_the_shape(self):
        for path, body, status, word in [
                (TIMES_PATH, {}, 422, "text"), (TIMES_PATH, {"text": "a", "voice": "b"}, 422, "voice"),
                (TIMES_PATH, {"text": "a", "voice_settings": {"stability": 2}}, 422, "stability"),
                (TIMES_PATH, {"text": "a" * 10001}, 400, "max_character_limit_exceeded"),
                (TIMES_PATH, {"text": "a", "model_id": "none"}, 400, "model_not_found"),
                (TIMES_PATH + "?output_format=mp3_1_1", {"text": "a"}, 400, "output_format"),
                ("/v1/text-to-speech/nobody/with-timestamps", {"text": "a"}, 404, "voice_not_found")]:
            with self.subTest(word):
                found, _, answer = self.call(path, body, ELEVEN)
                self.assertEqual(found, status)
                self.assertIn(word, json.dumps(answer["detail"]))

    def test_times_are_those_of_the_sound(self):
        # A comma's pause is heard, and no word lies in it.
        text = "Wait, [sighs] here it comes."
        answer = self.call(TIMES_PATH + "?output_format=pcm_22050", {"text": text}, ELEVEN)[2]
        samples = np.frombuffer(base64.b64decode(answer["audio_base64"]), "<i2")
        starts, ends = (np.array(answer["alignment"][f"character_{which}_times_seconds"]) for which in ("start", "end"))
        self.assertEqual("".join(answer["alignment"]["characters"]), text)
        self.assertTrue((starts <= ends).all() and (np.diff(starts) >= 0).all() and starts[0] == 0)
        self.assertAlmostEqual(ends[-1], len(samples) / 22050, delta=0.01)
        # The sound at the beginning of each word's second quarter is louder than the breath before the last word's end.
        for word in ("Wait", "comes"):
            first = text.index(word)
            piece = samples[int(starts[first] * 22050):int(ends[first + len(word) - 1] * 22050)]
            self.assertGreater(np.abs(piece.astype(int)).max(), 3000, word)

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


class SdWebUiTest(Case):
    served = ("sdwebui", "--basic", "me:secret", "--work-s", "0.5")
    login = {"Authorization": "Basic " + base64.b64encode(b"me:secret").decode()}

    def test_passwords_and_shapes(self):
        self.assertEqual(self.call("/sdapi/v1/sd-models")[0], 401)
        self.assertEqual(self.call("/sdapi/v1/sd-models", headers=self.login)[2][0]["model_name"], "sd_xl_base_1.0")
        for body, status in [({"steps": "many"}, 422), ({"sampler_name": "none"}, 404), (b"{", 422)]:
            found, _, answer = self.call("/sdapi/v1/txt2img", body, self.login)
            self.assertEqual(found, status)
            self.assertIn("detail", answer)

    def test_pictures_and_the_seeds_used(self):
        answer = self.call("/sdapi/v1/txt2img", {"prompt": "a", "width": 131, "height": 64, "batch_size": 2, "seed": -1,
                                                 "a_field_of_later": 1}, self.login)[2]
        info = json.loads(answer["info"])
        self.assertGreaterEqual(info["seed"], 0)
        self.assertEqual(info["all_seeds"], [info["seed"], info["seed"] + 1])
        self.picture(base64.b64decode(answer["images"][1]), (128, 64))
        self.dial("data_prefix")
        self.assertTrue(self.call("/sdapi/v1/txt2img", {"prompt": "a"}, self.login)[2]["images"][0].startswith("data:image/png;"))

    def test_progress_and_interruption(self):
        done = []
        maker = threading.Thread(target=lambda: done.append(self.call("/sdapi/v1/txt2img", {"prompt": "a"}, self.login)))
        maker.start()
        until(lambda: self.call("/sdapi/v1/progress", headers=self.login)[2]["progress"] > 0)
        self.assertEqual(self.call("/sdapi/v1/interrupt", b"", self.login, "POST")[2], {})
        maker.join()
        self.assertEqual(done[0][0], 200)
        self.assertEqual(self.call("/sdapi/v1/progress", headers=self.login)[2]["progress"], 0)


def until(holds, seconds=20):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError("waited for in vain")
        time.sleep(0.01)


def graph(**sampler):
    return {"4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd_xl_base_1.0.safetensors"}},
            "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 256, "height": 128, "batch_size": 1}},
            "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["4", 1]}},
            "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "bad", "clip": ["4", 1]}},
            "3": {"class_type": "KSampler", "inputs": {
                "model": ["4", 0], "seed": 7, "steps": 20, "cfg": 8, "sampler_name": "euler", "scheduler": "normal",
                "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0], "denoise": 1, **sampler}},
            "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
            "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "film"}}}


class ComfyUiTest(Case):
    served = ("comfyui", "--work-s", "0.3")

    def ask(self, wish=None):
        status, _, answer = self.call("/prompt", {"prompt": wish or graph(), "client_id": "c"})
        self.assertEqual(status, 200, answer)
        return answer["prompt_id"]

    def history(self, job):
        until(lambda: job in self.call(f"/history/{job}")[2])
        return self.call(f"/history/{job}")[2][job]

    def test_graphs_that_cannot_run(self):
        unknown, unconnected, missing = graph(), graph(), graph()
        unknown["3"]["class_type"] = "NoSuchNode"
        del unconnected["9"]
        del missing["3"]["inputs"]["seed"]
        for wish, kind, node_error in [
                (unknown, "invalid_prompt", None), (unconnected, "prompt_no_outputs", None),
                (missing, "prompt_outputs_failed_validation", "required_input_missing"),
                (graph(steps=0), "prompt_outputs_failed_validation", "value_smaller_than_min"),
                (graph(steps="few"), "prompt_outputs_failed_validation", "invalid_input_type"),
                (graph(sampler_name="none"), "prompt_outputs_failed_validation", "value_not_in_list"),
                (graph(positive=["99", 0]), "prompt_outputs_failed_validation", "bad_linked_input"),
                (graph(positive=["4", 0]), "prompt_outputs_failed_validation", "return_type_mismatch")]:
            with self.subTest(node_error or kind):
                status, _, answer = self.call("/prompt", {"prompt": wish})
                self.assertEqual((status, answer["error"]["type"]), (400, kind))
                if node_error:
                    self.assertEqual(answer["node_errors"]["3"]["errors"][0]["type"], node_error)

    def test_a_picture(self):
        job = self.ask()
        self.assertEqual(self.call(f"/history/{job}")[2], {})
        queue = self.call("/queue")[2]
        self.assertIn(job, [entry[1] for entry in queue["queue_running"] + queue["queue_pending"]])
        told = self.history(job)
        self.assertEqual(told["status"]["status_str"], "success")
        image = told["outputs"]["9"]["images"][0]
        _, headers, content = self.call(f"/view?filename={image['filename']}&subfolder=&type={image['type']}")
        self.assertEqual(headers["Content-Type"], "image/png")
        self.picture(content, (256, 128))
        self.assertEqual(content, media.picture("a fox", 256, 128, 7))
        self.assertEqual(self.call("/view?filename=none.png&type=output")[0], 404)

    def test_waiting_jobs_are_deleted_and_running_ones_interrupted(self):
        running, waiting = self.ask(), self.ask()
        self.call("/queue", {"delete": [waiting]})
        self.call("/interrupt", b"", method="POST")
        told = self.history(running)
        self.assertEqual((told["status"]["status_str"], told["status"]["messages"][-1][0]), ("error", "execution_interrupted"))
        self.assertEqual(self.call("/queue")[2], {"queue_running": [], "queue_pending": []})
        self.assertEqual(self.call(f"/history/{waiting}")[2], {})

    def test_jobs_that_fail_and_jobs_that_are_lost(self):
        self.dial("execution_error", message="no memory")
        told = self.history(self.ask())
        self.assertEqual(told["status"]["messages"][-1][1]["exception_message"], "no memory")
        self.dial("lost", match="/prompt")
        job = self.ask()
        self.assertEqual(self.call("/queue")[2], {"queue_running": [], "queue_pending": []})
        self.assertEqual(self.call(f"/history/{job}")[2], {})

    def test_an_uploaded_picture_can_be_loaded(self):
        body, content_type = form({"overwrite": "true"}, [("image", "mine.png", "image/png", media.picture("m", 64, 64))])
        self.assertEqual(self.call("/upload/image", body, {"Content-Type": content_type})[2]["name"], "mine.png")
        wish = graph(latent_image=["11", 0])
        wish["10"] = {"class_type": "LoadImage", "inputs": {"image": "mine.png"}}
        wish["11"] = {"class_type": "VAEEncode", "inputs": {"pixels": ["10", 0], "vae": ["4", 2]}}
        self.assertEqual(self.history(self.ask(wish))["status"]["status_str"], "success")
        wish["10"]["inputs"]["image"] = "theirs.png"
        self.assertEqual(self.call("/prompt", {"prompt": wish})[0], 400)


class FilesTest(Case):
    served = ("files",)

    def test_what_is_there(self):
        for end, media_type in (("png", "image/png"), ("jpg", "image/jpeg"), ("webp", "image/webp")):
            _, headers, content = self.call(f"/files/picture.{end}?prompt=x&width=64&height=48")
            self.assertEqual((headers["Content-Type"], media.picture_type(content)), (media_type, media_type))
            self.picture(content, (64, 48))
        with wave.open(io.BytesIO(self.call("/files/speech.wav?text=Hello")[2])) as file:
            self.assertGreater(file.getnframes(), 2000)
        self.assertEqual(self.call("/files/none.png")[0], 404)

    def test_what_is_not_what_it_says(self):
        self.assertEqual(self.call("/files/page.png")[1]["Content-Type"], "image/png")
        self.assertRaises(ValueError, media.picture_type, self.call("/files/page.png")[2])
        self.assertEqual(self.call("/files/picture.html")[1]["Content-Type"], "text/html")
        self.assertIsNone(self.call("/files/unlabelled")[1]["Content-Type"])
        self.assertRaises(ValueError, media.picture_type, self.call("/files/broken.png")[2])
        self.assertEqual(len(self.call("/files/big?bytes=2000000")[2]), 2000000)

    def test_redirects(self):
        self.assertEqual(self.call("/files/redirects/2")[1]["Location"], "/files/redirects/1")
        self.assertEqual(self.call("/files/redirects/1")[1]["Location"], "/files/picture.png")
        status, headers, _ = self.call("/files/redirect?to=http://169.254.169.254/latest&status=307")
        self.assertEqual((status, headers["Location"]), (307, "http://169.254.169.254/latest"))


class DialTest(Case):
    served = ("files", "gemini")
    path = "/files/picture.png?width=320&height=240"

    def test_faults_that_do_not_exist(self):
        for wrong in ({}, {"fault": "earthquake"}, {"fault": "status"}, {"fault": "stall", "seconds": "1"}, {"fault": "garbage",
                      "tims": 1}, {"fault": "stall", "seconds": 1, "phase": "sometime"}, {"fault": "garbage", "times": 0}):
            self.assertRaises(Misdialled, check, wrong)
        self.assertEqual(self.call("/_dial", {"fault": "earthquake"})[0], 400)

    def test_faults_apply_to_what_they_match_as_often_as_told(self):
        self.dial("status", status=500, match="picture.jpg", times=2)
        self.dial("status", status=503, match_body="third")
        statuses = [self.call(path)[0] for path in ("/files/picture.png", "/files/picture.jpg", "/files/picture.jpg",
                                                    "/files/picture.jpg")]
        self.assertEqual(statuses, [200, 500, 500, 200])
        self.assertEqual([self.call(PICTURE_PATH, asked(words), GEMINI)[0] for words in ("second", "third")], [200, 503])
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


class ProgramTest(unittest.TestCase):
    def test_it_ends_with_its_input(self):
        with subprocess.Popen([sys.executable, "-B", str(HERE / "standin.py"), "files"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as program:
            self.assertRegex(program.stdout.readline(), r"^READY http://127\.0\.0\.1:\d+\n$")
            program.stdin.close()
            self.assertEqual(program.wait(20), 0)

    def test_certificates(self):
        with tempfile.TemporaryDirectory() as made:
            folder = pathlib.Path(made)
            subprocess.run([sys.executable, "-B", str(HERE / "make_certificates.py"), made], check=True)
            for name, word in (("good", None), ("expired", "expired"), ("wrong_host", "mismatch")):
                with self.subTest(name):
                    self.assertEqual(self.handshake(folder, name) if word is None else word in self.handshake(folder, name),
                                     "" if word is None else True)

    def handshake(self, folder, name):
        """What a client that knows the authority says of the certificate; nothing where it is content."""
        with subprocess.Popen([sys.executable, "-B", str(HERE / "standin.py"), "files", "--tls", folder / f"{name}.pem",
                               folder / f"{name}.key"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
            try:
                url = urlsplit(program.stdout.readline().split()[1])
                context = ssl.create_default_context(cafile=folder / "ca.pem")
                connection = http.client.HTTPSConnection(url.hostname, url.port, timeout=30, context=context)
                connection.request("GET", "/files/page.html")
                return "" if connection.getresponse().status == 200 else "no page"
            except ssl.SSLCertVerificationError as wrong:
                return str(wrong)
            finally:
                program.stdin.close()


if __name__ == "__main__":
    unittest.main()
