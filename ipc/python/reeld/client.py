"""The client: one object a thread. It speaks docs/protocol.md over ZeroMQ."""
from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self, cast

import msgpack
import zmq

from .brands import Brands, Products
from .edits import Edits
from .groups import Groups
from .media import Media
from .metrics import Metrics
from .projects import Projects
from .takes import Takes
from .types import (
    Backup,
    Devices,
    ErrorBody,
    Estimate,
    Event,
    Health,
    Job,
    JobList,
    Providers,
    ScriptResult,
    Stats,
    Submitted,
    Watched,
    WholeJob,
)
from .usage import Usage
from .users import Users
from .waiting import until_done

PROTOCOL_VERSION = 1
MAX_MESSAGE_BYTES = 16 << 20
FINAL = ("completed", "failed", "cancelled")
# Without an event for so long, watch is asked whether one was lost.
QUIET_MS = 1000
# A writer takes seconds or minutes.
SCRIPT_POLL_S = 0.1


class ReeldError(Exception):
    """What went wrong: a stable code, a sentence, and the path of the request's field at fault, or ""."""

    def __init__(self, code: str, message: str, path: str = "") -> None:
        super().__init__(code, message, path)
        self.code = code
        self.message = message
        self.path = path

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" + (f" ({self.path})" if self.path else "")


def default_endpoint() -> str:
    """The socket of this user's daemon."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    folder = f"{runtime}/reeld" if runtime.startswith("/") else f"/tmp/reeld-{os.getuid()}"
    return f"ipc://{folder}/reeld.sock"


def events_endpoint_for(endpoint: str) -> str:
    """Events have a socket beside that of the requests: ipc://PATH-events; tcp://HOST:PORT+1."""
    host, _, port = endpoint.rpartition(":")
    if endpoint.startswith("tcp://") and port.isdecimal():
        return f"{host}:{int(port) + 1}"
    return f"{endpoint}-events"


class Client:
    """Connects to a running reeld, or raises ReeldError "unreachable" after `timeout` seconds.

    `endpoint` is by default $REELD_ENDPOINT, or the socket of this user's daemon. `timeout` is for each
    answer; following a job has no limit.
    """

    def __init__(self, endpoint: str | None = None, timeout: float = 5.0) -> None:
        self._endpoint = endpoint or os.environ.get("REELD_ENDPOINT") or default_endpoint()
        self._timeout = timeout
        self._ids = itertools.count(1)
        self.usage = Usage(self.call)
        self.metrics = Metrics(self.call)
        self.takes = Takes(self)
        self.projects = Projects(self)
        self.groups = Groups(self)
        self.users = Users(self.call)
        self.brands = Brands(self.call)
        self.products = Products(self.call)
        self.edits = Edits(self)
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.media = Media(self.call)
        try:
            self._requests = self._connected(zmq.DEALER, self._endpoint)
            self.health()
        except BaseException as error:
            self.close()
            if isinstance(error, ReeldError) and error.code == "timed_out":
                message = f"no reeld answers at {self._endpoint}; start one with: reeld"
                raise ReeldError("unreachable", message) from None
            raise

    def close(self) -> None:
        # Also closes the sockets, without waiting for what they still hold.
        self._context.destroy(linger=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def render(
        self,
        request: Mapping[str, Any],
        target: str | os.PathLike[str],
        base_dir: str | os.PathLike[str] = ".",
        idempotency_key: str | None = None,
        on_event: Callable[[Event], object] | None = None,
    ) -> WholeJob:
        """Submits, follows, and returns the finished job. Raises what made it fail."""
        job = self.submit(request, target, base_dir, idempotency_key)["job"]
        finished: WholeJob | None = None
        for event in self.follow(job["id"]):
            if on_event is not None:
                on_event(event)
            if event["type"] == "finished":
                finished = cast(WholeJob, event["body"])
        if finished is None:
            raise ReeldError("internal", f"the events of {job['id']} ended without its end")
        if finished["status"] != "completed":
            raise _error_of(finished.get("error") or _ended(finished))
        return finished

    def submit(
        self,
        request: Mapping[str, Any],
        target: str | os.PathLike[str],
        base_dir: str | os.PathLike[str] = ".",
        idempotency_key: str | None = None,
        **more: Any,
    ) -> Submitted:
        """Hands a request in. `base_dir` is where its relative files are; `more` is user, session and settings."""
        params: dict[str, Any] = {
            "request": dict(request),
            "target": os.path.abspath(target),
            "base_dir": os.path.abspath(base_dir),
            **more,
        }
        if idempotency_key is not None:
            params["idempotency_key"] = idempotency_key
        return cast(Submitted, self.call("submit", params))

    def status(self, job: str) -> Job:
        return cast(Job, self.call("status", {"job": job})["job"])

    def list(self, **params: Any) -> JobList:
        """Jobs, newest first: a page of them, with the filters and the paging of docs/protocol.md."""
        return cast(JobList, self.call("list", params))

    def show(self, job: str) -> WholeJob:
        return cast(WholeJob, self.call("show", {"job": job})["job"])

    def cancel(self, job: str) -> Job:
        return cast(Job, self.call("cancel", {"job": job})["job"])

    def retry(self, job: str) -> Job:
        return cast(Job, self.call("retry", {"job": job})["job"])

    def watch(self, job: str, after: int = 0) -> Watched:
        """The recorded events behind sequence number `after`, some at a time. `follow` is what most want."""
        return cast(Watched, self.call("watch", {"job": job, "after": after}))

    def devices(self) -> Devices:
        return cast(Devices, self.call("devices"))

    def estimate(self, request: Mapping[str, Any], base_dir: str = "/") -> Estimate:
        """What the request would cost at providers; asks nobody."""
        return cast(Estimate, self.call("estimate", {"request": dict(request), "base_dir": base_dir}))

    def providers(self) -> Providers:
        return cast(Providers, self.call("providers"))

    def health(self) -> Health:
        return cast(Health, self.call("health"))

    def stats(self) -> Stats:
        return cast(Stats, self.call("stats"))

    def backup(self, target: str) -> Backup:
        """Copies the database to `target`, an absolute path on the daemon's machine, however long that takes."""
        return cast(Backup, until_done(self.call, "backup", {"target": target}))

    def script(self, brief: Mapping[str, Any]) -> ScriptResult:
        """Has a script written, however long that takes; its `request` can be rendered, or edited first."""
        result = cast(ScriptResult, self.call("script", {"brief": dict(brief)}))
        while result["status"] == "writing":
            time.sleep(SCRIPT_POLL_S)
            result = self.script_result(result["id"])
        return result

    def script_result(self, script: str) -> ScriptResult:
        return cast(ScriptResult, self.call("script_result", {"script": script}))

    def script_cancel(self, script: str) -> None:
        self.call("script_cancel", {"script": script})

    def follow(self, job: str) -> Iterator[Event]:
        """Every event of the job, from its first and without a gap; the last one's body is the whole job."""
        # Subscribed first, caught up after: what happens in between comes twice, and nothing is missed.
        with self._connected(zmq.SUB, events_endpoint_for(self._endpoint), topic=job) as events:
            follower = _Follower(self, job)
            yield from follower.catch_up()
            while not follower.done:
                if events.poll(QUIET_MS):
                    yield from follower.arrived(cast(Event, _decoded(events.recv_multipart()[-1])))
                else:
                    yield from follower.catch_up()

    def call(self, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Any method of the protocol. Raises ReeldError."""
        id = str(next(self._ids))
        request = {"v": PROTOCOL_VERSION, "id": id, "method": method, "params": dict(params or {})}
        try:
            message = msgpack.packb(request)
        except (TypeError, ValueError, OverflowError) as error:
            raise ReeldError("invalid_request", f"the parameters cannot be sent: {error}") from error
        if len(message) > MAX_MESSAGE_BYTES:
            raise ReeldError("limit_exceeded", "the request is larger than 16 MiB")
        try:
            self._requests.send(message, zmq.DONTWAIT)
        except zmq.Again:
            raise ReeldError("unreachable", f"cannot send to {self._endpoint}") from None
        return self._receive(id)

    def _connected(self, kind: int, endpoint: str, topic: str = "") -> zmq.Socket[bytes]:
        socket = self._context.socket(kind)
        socket.setsockopt(zmq.LINGER, 0)
        if kind == zmq.SUB:
            socket.setsockopt(zmq.SUBSCRIBE, topic.encode())
        try:
            socket.connect(endpoint)
        except zmq.ZMQError as error:
            socket.close()
            message = f'"{endpoint}" is no endpoint to connect to: {error}'
            raise ReeldError("unreachable", message) from None
        return socket

    def _receive(self, id: str) -> dict[str, Any]:
        """The reply of that id; late replies to calls that timed out are passed over."""
        deadline = time.monotonic() + self._timeout
        while True:
            left_ms = int((deadline - time.monotonic()) * 1000)
            if left_ms <= 0 or not self._requests.poll(left_ms):
                message = f"reeld at {self._endpoint} did not answer within {self._timeout} s"
                raise ReeldError("timed_out", message)
            reply = _decoded(self._requests.recv_multipart()[-1])
            if isinstance(reply.get("id"), str) and reply["id"] != id:
                continue
            if "error" in reply:
                raise _error_of(reply["error"])
            return cast("dict[str, Any]", reply.get("result", {}))


class _Follower:
    """The events of one job, in order: what the subscription brings, and what watch fills in."""

    def __init__(self, client: Client, job: str) -> None:
        self.done = False
        self._client = client
        self._job = job
        self._seq = 0
        self._ends_seen = 0

    def catch_up(self) -> Iterator[Event]:
        """Everything after the last event seen, from the daemon's record."""
        while not self.done:
            watched = self._client.watch(self._job, self._seq)
            for event in watched["events"]:
                yield from self._take(event)
            if not watched["events"]:
                yield from self._look_for_end(watched["job"])
                return

    def arrived(self, event: Event) -> Iterator[Event]:
        if event["seq"] > self._seq + 1:
            yield from self.catch_up()
        elif event["seq"] == self._seq + 1 or (event["seq"] == 0 and event["type"] == "finished"):
            yield from self._take(event)

    def _look_for_end(self, brief: Job) -> Iterator[Event]:
        # A job can have ended without an event that says so: refused when submitted, or with a database that
        # took no more. It counts as ended the second time, since the event follows the status within moments.
        if brief["status"] not in FINAL:
            self._ends_seen = 0
            return
        self._ends_seen += 1
        if self._ends_seen >= 2:
            whole = cast("dict[str, Any]", self._client.show(self._job))
            yield from self._take(
                {"job": self._job, "seq": 0, "time": brief["completed_at"], "type": "finished", "body": whole}
            )

    def _take(self, event: Event) -> Iterator[Event]:
        if self.done:
            return
        self._seq = max(self._seq, event["seq"])
        # A retried job has the end of its earlier attempt in its record: only what the job still is counts as
        # the end.
        if event["type"] == "finished":
            self.done = self._client.status(self._job)["status"] in FINAL
        yield event


def _decoded(message: bytes) -> dict[str, Any]:
    try:
        value = msgpack.unpackb(message)
    except (ValueError, msgpack.UnpackException) as error:
        raise ReeldError("protocol_error", f"the daemon's message cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise ReeldError("protocol_error", "the daemon's message is no map")
    return value


def _error_of(body: ErrorBody) -> ReeldError:
    return ReeldError(body.get("code", "internal"), body.get("message", ""), body.get("path", ""))


def _ended(job: WholeJob) -> ErrorBody:
    """The error of a job that has none of its own: a cancelled one."""
    return {"code": "cancelled", "message": f"the job {job['id']} is {job['status']}", "path": ""}
