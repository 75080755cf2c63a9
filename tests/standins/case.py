"""What the tests of the stand-ins share: a server in this process, a client, wishes, and checks."""
import http.client
import io
import json
import pathlib
import threading
import time
import unittest

import numpy as np
from PIL import Image

import standin
from server import Server

HERE = pathlib.Path(__file__).parent
GEMINI = {"x-goog-api-key": "test-key"}
OPENAI = {"Authorization": "Bearer test-key"}
ELEVEN = {"xi-api-key": "test-key"}
PICTURE_PATH = "/v1beta/models/gemini-3.1-flash-image:generateContent"
TEXT_PATH = "/v1beta/models/gemini-2.5-flash:generateContent"
SPEECH_PATH = "/v1beta/models/gemini-2.5-flash-preview-tts:generateContent"
TIMES_PATH = "/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM/with-timestamps"


SCHEMA = {
    "type": "OBJECT",
    "required": ["scenes"],
    "properties": {
        "scenes": {
            "type": "ARRAY",
            "minItems": 2,
            "maxItems": 3,
            "items": {
                "type": "OBJECT",
                "required": ["text", "mood", "duration"],
                "properties": {
                    "text": {"type": "STRING", "maxLength": 30},
                    "mood": {"type": "STRING", "enum": ["calm", "tense"]},
                    "duration": {"type": "NUMBER", "minimum": 2, "maximum": 8},
                },
            },
        }
    },
}
STORY = "Write scenes.\nText: A boat leaves the harbour. The storm comes! Is it safe? It is."


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


def form(fields, files):
    """multipart/form-data as (body, content type)."""
    parts = [
        f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts += [
        f'--cut\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: {media_type}\r\n\r\n'.encode()
        + content
        + b"\r\n"
        for name, filename, media_type, content in files
    ]
    return b"".join(parts) + b"--cut--\r\n", "multipart/form-data; boundary=cut"


def until(holds, seconds=20):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError("waited for in vain")
        time.sleep(0.01)
