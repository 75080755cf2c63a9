"""python_groups.py ENDPOINT FOLDER GROUP: groups by the Python client, with a real daemon; GROUP is completed."""
import sys
from pathlib import Path

from reeld import Client, ReeldError

endpoint, folder, group = sys.argv[1:]
films = Path(folder) / "films"
request = {
    "reeld": 1,
    "output": {"width": 320, "height": 180, "fps": 25, "encoder": "libx264", "preset": "ultrafast"},
    "scenes": [{"picture": {"file": "one.jpg"}, "duration": 0.2}],
}

with Client(endpoint) as client:
    shown = client.groups.show(group)
    assert [film["label"] for film in shown["films"]] == ["as it is", "small"]
    table = client.groups.compare(group)
    assert table["status"] == "done"
    size = next(row for row in table["metrics"] if row["name"] == "size_bytes")
    assert size["best"] == [1], size
    sheet = client.groups.sheet(group, films / "python.png", columns=2)
    assert sheet["size_bytes"] == (films / "python.png").stat().st_size
    video = client.groups.side_by_side(group, films / "python.mp4")["video"]
    assert video is not None and video["frame_count"] == 10, video

    made = client.groups.create(
        "settings", request, [{"label": "x"}, {"label": "y"}], target_dir=films, base_dir=folder, session="s")
    assert client.groups.list(comparison_type="settings", count=True)["count"] == 2
    for film in made["films"]:
        assert film["session"] == "s"
        list(client.follow(film["id"]))
    assert client.groups.show(made["group"]["id"])["group"]["completed"] == 2
    client.groups.delete(made["group"]["id"])
    try:
        client.groups.show(made["group"]["id"])
        raise AssertionError("it is still there")
    except ReeldError as error:
        assert error.code == "not_found"
