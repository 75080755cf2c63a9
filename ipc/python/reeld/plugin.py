"""A provider of one's own in Python. A plugin's program, beside its plugin.toml (docs/plugins.md), is:

    #!/usr/bin/env python3
    from reeld import plugin

    @plugin.picture
    def make(wish, scratch, progress, cancelled):
        (scratch / "picture.png").write_bytes(draw(wish["prompt"], wish["width"], wish["height"], wish["seed"]))
        return plugin.Delivery("picture.png", "image/png", seed=wish["seed"])

    plugin.run()

A function runs in a thread of its own for each request; the connection and its heartbeat have another. What it
raises as Error keeps its code; every other exception becomes provider_failed with its text, and its traceback goes
to reeld's log, as all does that is printed. Once cancelled() is true the result is no longer wanted, and the function
should return or raise soon: one that does not stop in time costs the process its life.
"""
from __future__ import annotations

import dataclasses
import json
import os
import threading
import tomllib
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypedDict, TypeVar, Union, cast

import msgpack
import zmq

PROTOCOL_VERSION = 1

__all__ = [
    "Delivery",
    "Error",
    "PictureWish",
    "ScriptWish",
    "SoundWish",
    "SpeechWish",
    "picture",
    "run",
    "script",
    "sound",
    "speech",
]


class PictureWish(TypedDict):
    model: str  # "" where the request names none and the manifest has none
    prompt: str
    negative_prompt: str
    width: int  # pixels
    height: int
    seed: int
    count: int  # how many alternatives, 1 to 8
    references: list[str]  # absolute paths of pictures that the new one should look like
    options: dict[str, Any]  # the plugin's own


class SpeechWish(TypedDict):
    model: str
    text: str
    voice: str
    language: str
    speed: float  # 1 is normal
    pitch: float  # 1 is normal
    seed: int | None
    options: dict[str, Any]


class ScriptMessage(TypedDict):
    role: str  # system, user, assistant
    text: str


class ScriptWish(TypedDict):
    model: str
    messages: list[ScriptMessage]
    schema: dict[str, Any] | None  # JSON Schema that the answer keeps to
    temperature: float | None
    max_output_tokens: int
    seed: int | None
    options: dict[str, Any]


class SoundWish(TypedDict):
    model: str
    prompt: str
    seconds: float
    seed: int | None
    options: dict[str, Any]


class Error(Exception):
    """Why there is no result: a code of docs/plugins.md, a sentence, and the wish's field at fault ("/prompt").

    `remedy` is "none", "other_model" or "later" where the code's own would be wrong; `retry_after` is in seconds.
    """

    def __init__(
        self, code: str, message: str, path: str = "", remedy: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.body: dict[str, Any] = {"code": code, "message": message, "path": path}
        if remedy is not None:
            self.body["remedy"] = remedy
        if retry_after is not None:
            self.body["retry_after_ms"] = round(retry_after * 1000)


@dataclasses.dataclass
class Delivery:
    """What was made: a file in the scratch folder, or for a script its `text`. All else is for the record."""

    file: str | os.PathLike[str] = ""
    media_type: str = ""  # "image/png", "audio/wav"; must be what the file begins as
    text: str = ""
    words: Sequence[tuple[str, float, float]] = ()  # speech: word, start and end in seconds, in order
    source_type: str | None = None  # "GENERATED" where nothing else is said, or "STOCK"
    model: str | None = None  # the one that made it
    seed: int | None = None  # as used
    confidence: float | None = None  # 0 to 1
    cost_usd: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    metadata: dict[str, Any] = dataclasses.field(default_factory=dict)

    def _body(self) -> dict[str, Any]:
        body = {name: value for name, value in vars(self).items() if value not in (None, "", (), {})}
        if self.file:
            body["file"] = os.fspath(self.file)
        if self.words:
            body["words"] = [{"text": text, "start": start, "end": end} for text, start, end in self.words]
        return body


Made = Union[Delivery, Iterable[Delivery]]
Progress = Callable[[float], None]  # what is done, 0 to 1
Cancelled = Callable[[], bool]
PictureMaker = TypeVar("PictureMaker", bound=Callable[[PictureWish, Path, Progress, Cancelled], Made])
SpeechMaker = TypeVar("SpeechMaker", bound=Callable[[SpeechWish, Path, Progress, Cancelled], Made])
ScriptMaker = TypeVar("ScriptMaker", bound=Callable[[ScriptWish, Path, Progress, Cancelled], Made])
SoundMaker = TypeVar("SoundMaker", bound=Callable[[SoundWish, Path, Progress, Cancelled], Made])
_Maker = Callable[[Any, Path, Progress, Cancelled], Made]
_makers: dict[str, _Maker] = {}


def picture(maker: PictureMaker) -> PictureMaker:
    """Registers the function that makes pictures."""
    _makers["picture"] = maker
    return maker


def speech(maker: SpeechMaker) -> SpeechMaker:
    """Registers the function that speaks."""
    _makers["speech"] = maker
    return maker


def script(maker: ScriptMaker) -> ScriptMaker:
    """Registers the function that writes."""
    _makers["script"] = maker
    return maker


def sound(maker: SoundMaker) -> SoundMaker:
    """Registers the function that makes music and other sound."""
    _makers["sound"] = maker
    return maker


def run(limits: dict[str, Any] | None = None) -> NoReturn:
    """Serves until reeld says goodbye. `limits` are words of the plugin's own for `reelctl providers`."""
    for name in ("REELD_PLUGIN_SOCKET", "REELD_PLUGIN_TOKEN"):
        if name not in os.environ:
            raise SystemExit(f"{name} is not set: reeld starts this program, see docs/plugins.md")
    manifest = _manifest(Path.cwd())
    missing = [name for name in manifest.get("capabilities", []) if name not in _makers]
    if missing:
        raise SystemExit(f"the manifest claims {', '.join(missing)}, but no function makes it")
    _Host(manifest, limits or {}).serve()


def _manifest(folder: Path) -> dict[str, Any]:
    toml = folder / "plugin.toml"
    if toml.exists():
        return tomllib.loads(toml.read_text(encoding="utf-8"))
    return cast("dict[str, Any]", json.loads((folder / "plugin.json").read_text(encoding="utf-8")))


class _Host:
    """The connection. serve() owns the socket; the makers' threads hand their messages to it."""

    def __init__(self, manifest: dict[str, Any], limits: dict[str, Any]) -> None:
        context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._socket = context.socket(zmq.DEALER)
        self._socket.connect(os.environ["REELD_PLUGIN_SOCKET"])
        # From the makers' threads to that of the socket; one at a time writes.
        self._outbox = context.socket(zmq.PAIR)
        self._inbox = context.socket(zmq.PAIR)
        self._outbox.bind("inproc://outbox")
        self._inbox.connect("inproc://outbox")
        self._lock = threading.Lock()
        self._at_work: dict[int, threading.Event] = {}  # by request; set once it is cancelled
        self._hello = {
            "type": "hello",
            "protocol": PROTOCOL_VERSION,
            "token": os.environ.pop("REELD_PLUGIN_TOKEN"),
            "name": manifest.get("name", ""),
            "version": manifest.get("version", ""),
            "capabilities": sorted(_makers),
            "models": manifest.get("models", {}),
            "limits": limits,
        }

    def serve(self) -> NoReturn:
        self._socket.send(msgpack.packb(self._hello))
        poller = zmq.Poller()
        poller.register(self._socket, zmq.POLLIN)
        poller.register(self._inbox, zmq.POLLIN)
        while True:
            ready = dict(poller.poll())
            if self._inbox in ready:
                self._socket.send(self._inbox.recv())
            if self._socket in ready:
                self._take(msgpack.unpackb(self._socket.recv()))

    def _take(self, message: dict[str, Any]) -> None:
        kind = message.get("type")
        if kind == "ping":
            self._socket.send(msgpack.packb({"type": "pong", "id": message["id"]}))
        elif kind == "request":
            cancelled = self._at_work[message["id"]] = threading.Event()
            threading.Thread(target=self._work, args=(message, cancelled), daemon=True).start()
        elif kind == "cancel" and message["id"] in self._at_work:
            self._at_work[message["id"]].set()
        elif kind == "refused":
            raise SystemExit(f"reeld refused the hello: {message.get('message', '')}")
        elif kind == "bye":
            # Not sys.exit: what still works is not waited for.
            os._exit(0)

    def _work(self, request: dict[str, Any], cancelled: threading.Event) -> None:
        id = request["id"]
        told = -1.0

        def progress(done: float) -> None:
            nonlocal told
            if done >= told + 0.01 or done >= 1:
                told = done
                self._send({"type": "progress", "id": id, "done": min(1.0, max(0.0, float(done)))})

        answer: dict[str, Any]
        try:
            maker = _makers[request["capability"]]
            wish = {"model": request["model"], **request["wish"]}
            made = maker(wish, Path(request["scratch"]), progress, cancelled.is_set)
            deliveries = [made] if isinstance(made, Delivery) else list(made)
            answer = {"type": "result", "deliveries": [delivery._body() for delivery in deliveries]}
        except Error as error:
            answer = {"type": "error", **error.body}
        except BaseException as error:  # also SystemExit: a maker ends neither this thread's answer nor the process
            traceback.print_exc()
            answer = {"type": "error", "code": "provider_failed", "message": f"{type(error).__name__}: {error}"}
        if cancelled.is_set():
            answer = {"type": "error", "code": "cancelled", "message": "stopped"}
        self._at_work.pop(id, None)
        self._send({**answer, "id": id})

    def _send(self, message: dict[str, Any]) -> None:
        try:
            packed = msgpack.packb(message)
        except (TypeError, ValueError, OverflowError) as error:
            words = f"the result cannot be sent: {error}"
            packed = msgpack.packb(
                {"type": "error", "id": message["id"], "code": "response_malformed", "message": words}
            )
        with self._lock:
            self._outbox.send(packed)
