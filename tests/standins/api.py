"""What every stand-in is built of: a request, an answer, a refusal, and the API between them."""
import base64
import json
from dataclasses import dataclass, field
from email.parser import BytesParser


@dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict = field(default_factory=dict)


def json_answer(value, status=200, headers=None):
    return Answer(status, json.dumps(value).encode(), "application/json", dict(headers or {}))


class Refused(Exception):
    """A request that the API does not take; `answer` says so in the API's own form."""

    def __init__(self, answer):
        super().__init__(answer.status)
        self.answer = answer


@dataclass
class Part:
    """One part of a multipart/form-data body; `filename` is None for a plain field."""

    name: str
    filename: str
    content_type: str
    body: bytes


@dataclass
class Request:
    method: str
    path: str  # without the query
    query: dict
    headers: object  # a case-blind mapping
    body: bytes
    base_url: str
    fault: dict = None  # what the dial has in store for this request

    def has(self, fault):
        return self.fault is not None and self.fault["fault"] == fault

    def told(self, name, otherwise=None):
        """A setting of this request's fault."""
        return otherwise if self.fault is None else self.fault.get(name, otherwise)

    def json(self):
        """The body; ValueError where it is not JSON."""
        return json.loads(self.body.decode("utf-8"))

    def media(self, media):
        """(bytes, type) as the dial would have it: the fault `wrong_type` sends text under a picture's name, or another type."""
        if not self.has("wrong_type"):
            return media
        if self.told("says"):
            return media[0], self.told("says")
        return b"This is a sentence, and neither a picture nor a sound.\n", media[1]

    def parts(self):
        """The parts of a multipart/form-data body; ValueError where it is none."""
        content_type = self.headers.get("Content-Type", "")
        if not content_type.startswith("multipart/form-data"):
            raise ValueError("not multipart/form-data")
        message = BytesParser().parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + self.body)
        if not message.is_multipart():
            raise ValueError("no part in the body")
        parts = []
        for part in message.get_payload():
            name = part.get_param("name", header="content-disposition")
            parts.append(Part(name, part.get_filename(), part.get_content_type(), part.get_payload(decode=True)))
        return parts


class Api:
    """What a stand-in is: which paths it owns, whether a key came, its answers, its errors."""

    name = ""

    def __init__(self, settings):
        self.settings = settings

    def owns(self, path):
        raise NotImplementedError

    def key_in(self, request):
        """The key a request carries; None where it carries none."""
        return None

    def expected_key(self):
        return self.settings.key

    def answer(self, request):
        raise NotImplementedError

    def error(self, status, told=None):
        """An error in the API's own form; `told` may hold message, code, retry_delay and per_day."""
        raise NotImplementedError

    def reset(self):
        pass


def base64_text(content):
    return base64.b64encode(content).decode("ascii")
