"""python_takes.py ENDPOINT PROJECT SCENE PICTURE: what the Python client does with takes, against a real daemon."""
import sys
import time

import msgpack
import zmq

from reeld import Client, ReeldError, events_endpoint_for

endpoint, project, scene, picture = sys.argv[1:]

context = zmq.Context()
events = context.socket(zmq.SUB)
events.setsockopt(zmq.SUBSCRIBE, project.encode())
events.connect(events_endpoint_for(endpoint))
time.sleep(0.5)  # a subscription takes a moment to arrive

with Client(endpoint) as client:
    (spoken,) = client.takes.wait([client.takes.speech(scene, provider="espeak-ng", speed=1.5)])
    assert spoken["status"] == "ready" and spoken["duration_seconds"] > 0, spoken
    assert spoken["asset"]["provider"] == "espeak-ng"

    statuses = []
    while statuses[-1:] != ["ready"] and events.poll(10_000):
        topic, message = events.recv_multipart()
        event = msgpack.unpackb(message)
        assert topic == project.encode() and event["type"] == "take" and event["seq"] == 0, event
        assert event["body"]["id"] == spoken["id"]
        statuses.append(event["body"]["status"])
    assert statuses == ["pending", "ready"], statuses

    rest = client.takes.wait(client.takes.project_speech(project, provider="espeak-ng", missing_only=True))
    assert [take["status"] for take in rest] == ["ready"], rest

    begun = client.takes.picture(scene, provider="gemini", count=2)
    pictures = client.takes.wait(begun + client.takes.project_picture(project, provider="gemini", prompt="a boat"))
    assert [take["status"] for take in pictures] == ["ready"] * 3, pictures
    assert client.takes.choose(pictures[1]["id"])["is_main"]

    (own,) = client.takes.wait([client.takes.import_file(picture, "IMAGE", scene=scene)])
    assert own["asset"]["source_type"] == "USER_UPLOADED", own
    page = client.takes.list(scene=scene, type="IMAGE", count=True)
    assert (page["count"], len(page["takes"]), page["next"]) == (3, 3, None), page
    client.takes.delete(own["id"])
    told = {"type": ""}
    while told["type"] != "take_removed" and events.poll(10_000):
        told = msgpack.unpackb(events.recv_multipart()[1])
    assert told["type"] == "take_removed" and told["body"]["id"] == own["id"], told
    assert told["body"]["scene"] == scene and told["body"]["type"] == "IMAGE", told
    try:
        client.takes.retry(own["id"])
        raise AssertionError("a take that is gone was retried")
    except ReeldError as error:
        assert (error.code, error.path) == ("not_found", "/take"), error
context.destroy(linger=0)
