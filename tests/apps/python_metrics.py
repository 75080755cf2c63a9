"""python_metrics.py ENDPOINT FOLDER JOB: a completed job's scores by the Python client, with a real daemon."""
import sys
from pathlib import Path

from reeld import Client, ReeldError

endpoint, folder, job = sys.argv[1:]

with Client(endpoint) as client:
    metrics = client.metrics(job)
    assert metrics["why_not"] is None, metrics
    quality = [score for score in metrics["scores"] if score["name"] == "image_quality" and score["scene"] is not None]
    assert [score["scene"] for score in quality] == [0, 1], quality
    assert all(0 <= score["value"] <= 100 and score["better"] == "higher" for score in quality)
    assert [(tried["scene"], tried["kept"]) for tried in metrics["pictures"]] == [(0, True), (1, True)]
    listed = client.metrics.list(job=job, name="image_quality", count=True)
    assert listed["count"] == 3 and listed["metrics"][0]["job"] == job, listed
    page = Path(folder) / "python.html"
    report = client.metrics.report(job, page)
    assert report["size_bytes"] == page.stat().st_size, report
    assert report["scenes"] == 2
    try:
        client.metrics("01a1fd7a-0000-7000-8000-000000000000")
        raise AssertionError("there is such a job")
    except ReeldError as error:
        assert error.code == "not_found"
