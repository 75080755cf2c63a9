"""The HTTP/1.1 server under every stand-in: keep-alive, a thread a connection, TLS where asked.

It routes a request to the API that owns its path, keeps the log, and sends the answer the way the fault dial says.
"""
import re
import select
import socket
import struct
import sys
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from os import close
from urllib.parse import parse_qsl, urlsplit

from api import Answer, Refused, Request, json_answer
from dial import Dial, Misdialled

MOST_BODY_BYTES = 64 << 20


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, apis, port=0, tls=None):
        super().__init__(("127.0.0.1", port), Handler)
        self.apis = apis
        self.tls = tls
        self.dial = Dial()
        self.lock = threading.Lock()
        self.log = []
        self.started = time.monotonic()
        self.connection_count = 0
        self.in_flight = 0

    @property
    def base_url(self):
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.server_address[1]}"

    def finish_request(self, request, client_address):
        fault = self.dial.take_at_accept()
        if fault is not None and fault["fault"] == "stall":
            time.sleep(fault["seconds"])
        if fault is not None and fault["fault"] == "reset":
            reset_connection(request)
            return
        if self.tls is not None:
            request = self.tls.wrap_socket(request, server_side=True)
        try:
            super().finish_request(request, client_address)
        finally:
            request.close()

    def handle_error(self, request, client_address):
        """A client that goes away, or does not like the certificate, is what tests are about: no traceback of that."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def owner(self, request):
        """Of the APIs that own the path the one whose key came: /v1/models belongs to two."""
        owners = [api for api in self.apis if api.owns(request.path)]
        return next((api for api in owners if api.key_in(request) is not None), owners[0] if owners else None)

    def reset(self):
        with self.lock:
            self.log.clear()
        self.dial.clear()
        for api in self.apis:
            api.reset()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        with self.server.lock:
            self.server.connection_count += 1
            self.connection_number = self.server.connection_count

    def log_message(self, *_):
        pass

    def respond(self):
        try:
            body = self.read_body()
        except ValueError:
            self.close_connection = True
            return self.send(Answer(400, b"a body of no known length\n", "text/plain"), None)
        url = urlsplit(self.path)
        request = Request(
            self.command,
            url.path,
            dict(parse_qsl(url.query, keep_blank_values=True)),
            self.headers,
            body,
            self.server.base_url,
        )
        if url.path.startswith("/_"):
            return self.send(self.control(request), None)
        api = self.server.owner(request)
        request.fault = self.server.dial.take(self.path, body)
        entry = self.enter(request, api)
        try:
            answer = self.answer(request, api)
            entry["status"] = answer.status
            self.send(answer, request.fault)
        except OSError:  # the client is gone
            self.close_connection = True
        finally:
            with self.server.lock:
                self.server.in_flight -= 1

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = respond

    def read_body(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            body = b""
            while True:
                size = int(self.rfile.readline().split(b";")[0], 16)
                body += self.rfile.read(size)
                self.rfile.readline()
                if size == 0:
                    return body
                if len(body) > MOST_BODY_BYTES:
                    raise ValueError
        size = int(self.headers.get("Content-Length", 0))
        if not 0 <= size <= MOST_BODY_BYTES:
            raise ValueError
        return self.rfile.read(size)

    def control(self, request):
        if request.path == "/_log" and request.method == "GET":
            with self.server.lock:
                return json_answer(self.server.log)
        if request.path == "/_reset" and request.method == "POST":
            self.server.reset()
            return json_answer({})
        if request.path == "/_dial" and request.method == "POST":
            try:
                return json_answer({"faults": self.server.dial.add(request.json())})
            except (Misdialled, ValueError) as wrong:
                return Answer(400, f"{wrong}\n".encode(), "text/plain")
        return Answer(404, b"the controls are POST /_dial, GET /_log and POST /_reset\n", "text/plain")

    def enter(self, request, api):
        """Writes the request into the log; a key stands there as right, wrong or absent, never itself."""
        key = api.key_in(request) if api else None
        headers = {name: value for name, value in request.headers.items() if name.lower() not in KEY_HEADERS}
        entry = {
            "api": api.name if api else None,
            "method": request.method,
            "path": request.path,
            "query": {name: value for name, value in request.query.items() if name != "key"},
            "headers": headers,
            "key": "absent" if key is None else "right" if key == api.expected_key() else "wrong",
            "body": logged_body(request),
            "fault": request.fault["fault"] if request.fault else None,
            "status": None,
            "at_s": round(time.monotonic() - self.server.started, 4),
            "connection": self.connection_number,
        }
        with self.server.lock:
            self.server.in_flight += 1
            entry["in_flight"] = self.server.in_flight
            self.server.log.append(entry)
        return entry

    def answer(self, request, api):
        if api is None:
            return Answer(404, b"no API served here has this path\n", "text/plain")
        if request.has("status"):
            answer = api.error(request.told("status"), request.fault)
            if request.told("retry_after") is not None:
                answer.headers["Retry-After"] = str(request.told("retry_after"))
            return answer
        if request.has("garbage"):
            return Answer(200, b"<<<< \x00\xff this is {not JSON", "application/json")
        if request.has("wrong_shape"):
            return json_answer(request.told("body", {"answer": [1, "two", {"three": None}]}))
        try:
            return api.answer(request)
        except Refused as refused:
            return refused.answer
        except Exception:  # a request that a check above should have refused: seen by whoever reads the test's output
            traceback.print_exc()
            return Answer(
                500, b"the stand-in itself failed: its traceback is in the test's standard error\n", "text/plain"
            )

    # Sending, the whole answer or as the dial would have it.

    def send(self, answer, fault):
        name = fault["fault"] if fault else None
        phase = fault.get("phase") if fault else None
        body = b"" if self.command == "HEAD" else answer.body
        if name == "oversized":
            return self.send_oversized(answer, fault)
        head = self.head(answer, {"Content-Length": str(len(answer.body))})
        half = len(body) // 2
        if name == "stall" and phase == "headers":
            self.stall(fault["seconds"])
        elif name == "stall" and phase == "body":
            self.wfile.write(head + body[:half])
            self.stall(fault["seconds"])
            head, body = b"", body[half:]
        elif name == "reset" and phase == "answer":
            return self.reset_connection()
        elif name == "reset" and phase == "body":
            self.wfile.write(head + body[:half])
            time.sleep(0.05)  # so that the half is read before the reset throws away what is not
            return self.reset_connection()
        elif name == "truncated":
            self.close_connection = True
            body = body[:half]
        elif name == "drip":
            self.wfile.write(head)
            for start in range(0, len(body), fault["bytes"]):
                self.wfile.write(body[start : start + fault["bytes"]])
                time.sleep(fault["every_s"])
            return None
        self.wfile.write(head + body)
        return None

    def stall(self, seconds):
        """Waits, unless the client goes away: then there is something to read, its end."""
        if select.select([self.connection], [], [], seconds)[0]:
            raise ConnectionAbortedError

    def send_oversized(self, answer, fault):
        """The true answer, then blanks: so many bytes in all, or blanks without end."""
        total = fault.get("bytes")
        chunked = total is None or fault["chunked"]
        self.close_connection = True
        self.wfile.write(
            self.head(answer, {"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": str(total)})
        )
        sent, piece = 0, answer.body
        while total is None or sent < total:
            piece = piece if total is None else piece[: total - sent]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
            sent += len(piece)
            piece = b" " * 65536
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def head(self, answer, more):
        reason = self.responses[answer.status][0] if answer.status in self.responses else "Unknown"
        headers = {"Server": "standin", "Date": self.date_time_string(), **more, **answer.headers}
        if answer.content_type:
            headers["Content-Type"] = answer.content_type
        lines = [f"HTTP/1.1 {answer.status} {reason}"] + [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def reset_connection(self):
        self.close_connection = True
        reset_connection(self.connection)


KEY_HEADERS = ("authorization", "x-goog-api-key", "xi-api-key")


def reset_connection(connection):
    """Closes with RST in place of FIN: a linger of 0 s throws away what is unsent."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    close(connection.detach())


def logged_body(request):
    """JSON as it came, pictures in it cut short; of a form its fields, and of its files what they are."""
    if not request.body:
        return None
    try:
        return without_base64(request.json())
    except ValueError:
        pass
    try:
        return [
            {"name": part.name, "filename": part.filename, "content_type": part.content_type, "bytes": len(part.body)}
            if part.filename is not None
            else {"name": part.name, "value": part.body.decode("utf-8", "replace")}
            for part in request.parts()
        ]
    except ValueError:
        return {"bytes": len(request.body)}


def without_base64(value):
    if isinstance(value, dict):
        return {name: without_base64(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [without_base64(inner) for inner in value]
    if isinstance(value, str) and len(value) > 256 and re.fullmatch(r"(data:[^,]*,)?[A-Za-z0-9+/]+=*", value):
        return f"{value[:32]}... {len(value)} characters"
    return value
