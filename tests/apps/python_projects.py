"""python_projects.py ENDPOINT PICTURES TARGET: a project's way through the Python client, to a film at TARGET."""
import sys

from reeld import Client, ReeldError

endpoint, pictures, target = sys.argv[1:4]
OPTIONS = {
    "output": {"width": 320, "height": 180, "fps": 25, "encoder": "libx264", "preset": "ultrafast"},
    "speech": False,
    "transition": {"kind": "cut"},
    "picture": {"folder": pictures, "pick": "order"},
}

with Client(endpoint, timeout=20) as client:
    projects = client.projects
    made = projects.create("Harbour", ["The boats leave.", {"text": "The gulls follow.", "duration": 1}], tone="calm")
    project = made["id"]
    assert [scene["position"] for scene in made["scenes"]] == [1, 2]
    fog = projects.add_scene(project, "Fog.", position=1, duration=1)
    assert projects.update_scene(fog["id"], notes="quiet")["notes"] == "quiet"
    order = [scene["id"] for scene in projects.show(project)["scenes"]][::-1]
    assert [scene["id"] for scene in projects.reorder_scenes(project, order)] == order
    projects.delete_scene(order[1])
    assert projects.update(project, platform="web")["platform"] == "web"
    assert [row["id"] for row in projects.list(platform="web")["projects"]] == [project]
    assert len(projects.request(project, OPTIONS)["request"]["scenes"]) == 2

    job = projects.render(project, target, OPTIONS)["job"]["id"]
    *_, last = client.follow(job)
    assert last["body"]["status"] == "completed", last
    picture = client.show(job)["assets"][0]["id"]
    again = projects.video_from_assets([picture, {"picture": picture, "duration": 1}], target + "-2.mp4", OPTIONS)
    *_, last = client.follow(again["job"]["id"])
    assert last["body"]["status"] == "completed", last

    written = projects.script({"text": "The boats leave.", "picture": {"folder": pictures}}, project, replace=True)
    assert written["writing"] and written["writing"]["status"] == "written"
    assert [scene["text"] for scene in written["scenes"]] == ["The boats leave."]
    projects.delete(project)
    try:
        projects.show(project)
        raise AssertionError("a project that is gone is shown")
    except ReeldError as error:
        assert (error.code, error.path) == ("not_found", "/project")
