"""python_client_test.py ENDPOINT: what the Python client does against the server of fake_daemon.cpp."""
import os
import sys
import tempfile
import time

from reeld import Client, ReeldError, default_endpoint, events_endpoint_for

endpoint = sys.argv[1]


def error_of(call):
    try:
        call()
    except ReeldError as error:
        return error
    raise AssertionError("no error")


def test_endpoints():
    os.environ["XDG_RUNTIME_DIR"] = "/run/user/7"
    assert default_endpoint() == "ipc:///run/user/7/reeld/reeld.sock"
    del os.environ["XDG_RUNTIME_DIR"]
    assert default_endpoint() == f"ipc:///tmp/reeld-{os.getuid()}/reeld.sock"
    assert events_endpoint_for("ipc:///a.sock") == "ipc:///a.sock-events"
    assert events_endpoint_for("tcp://[::1]:7000") == "tcp://[::1]:7001"


def test_methods(client):
    assert client.health()["method"] == "health"
    assert client.devices()["method"] == "devices"
    assert client.stats()["method"] == "stats"
    assert client.list(status="failed", limit=3)["params"] == {"status": "failed", "limit": 3}
    job = client.submit({}, "film.mp4")["job"]["id"]
    for method in (client.status, client.show, client.cancel, client.retry):
        assert method(job)["id"] == job


def test_backup(client):
    assert client.backup("/copy.db") == {"target": "/copy.db", "status": "done", "bytes": 4096, "rows": 7}


def test_script(client):
    script = client.script({"text": "The boats leave."})
    assert (script["status"], script["request"]) == ("done", {"reeld": 1})


def test_follow(client):
    job = client.submit({}, "film.mp4", idempotency_key="k")["job"]["id"]
    for _ in range(2):  # while it is at work, and when it has ended
        events = list(client.follow(job))
        assert [event["seq"] for event in events] == list(range(1, 52)), events
        assert events[-1]["type"] == "finished"
        assert events[-1]["body"]["status"] == "completed"
    assert len(client.watch(job, after=49)["events"]) == 2


def test_render(client):
    percents = []
    job = client.render({}, "film.mp4", on_event=lambda e: percents.append(e["body"].get("percent")))
    assert job["status"] == "completed"
    assert percents == [*range(0, 100, 2), None]
    failed = error_of(lambda: client.render({"end": "failed"}, "film.mp4"))
    assert (failed.code, failed.path) == ("file_missing", "/scenes/0")
    assert error_of(lambda: client.render({"end": "cancelled"}, "film.mp4")).code == "cancelled"


def test_errors(client):
    missing = error_of(lambda: client.status("none"))
    assert (missing.code, missing.path) == ("not_found", "/job")
    assert str(missing) == 'not_found: there is no job "none" (/job)'
    assert error_of(lambda: list(client.follow("none"))).code == "not_found"
    assert error_of(lambda: client.call("heal")).code == "unknown_method"
    assert error_of(lambda: client.call("list", {"limit": 0})).path == "/limit"
    assert error_of(lambda: client.call("submit", {"request": {"x": object()}})).code == "invalid_request"
    assert error_of(lambda: client.call("submit", {"request": {"x": "y" * (17 << 20)}})).code == "limit_exceeded"
    assert client.health()


def test_unreachable():
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        error = error_of(lambda: Client(f"ipc://{folder}/nobody.sock", timeout=0.2))
    assert error.code == "unreachable" and "nobody.sock" in error.message
    assert time.monotonic() - begun < 2
    assert error_of(lambda: Client("nonsense", timeout=0.2)).code == "unreachable"


test_endpoints()
with Client(endpoint) as client:
    test_methods(client)
    test_script(client)
    test_follow(client)
    test_render(client)
    test_errors(client)
test_unreachable()
