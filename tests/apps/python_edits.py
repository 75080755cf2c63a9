"""python_edits.py ENDPOINT JOB TARGET: edits a film with the Python client and prints the finished version as JSON."""
import json
import sys

from reeld import Client, ReeldError

endpoint, job, target = sys.argv[1:4]
with Client(endpoint) as client:
    try:
        client.edits.open(job, [{"edit": "blur", "scene": 0}])
    except ReeldError as error:
        assert error.path == "/edits/0/edit", error
    else:
        raise AssertionError("an effect that is none was taken")
    session = client.edits.open(job)
    session = client.edits.change(session["id"], [{"edit": "set_title", "title": "By Python"}])
    session = client.edits.change(session["id"], [{"edit": "delete", "scene": 2}], mode="append")
    assert len(session["edit_data"]["edits"]) == 2
    preview = client.edits.preview(session["id"])
    assert preview["exact"] and not preview["to_fetch"]
    rendered = client.edits.render(session["id"], target)
    for event in client.follow(rendered["job"]["id"]):
        finished = event["body"]
    assert client.edits.show(session["id"])["edited_video_path"] == target
    assert [row["id"] for row in client.edits.list(job=job)["sessions"]] == [session["id"]]
    assert finished["reused"] == preview["reused"]
    assert [version["depth"] for version in client.edits.versions(job)] == [0, 1]
    client.edits.delete(session["id"])
    assert client.edits.list(job=job)["sessions"] == []
print(json.dumps(finished))
