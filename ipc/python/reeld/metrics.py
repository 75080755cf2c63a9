"""How good films are: docs/protocol/metrics.md."""
from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypedDict, cast

from .waiting import until_done


class Score(TypedDict):
    scene: int | None  # from 0; None: of the whole film
    name: str
    value: float
    unit: str
    better: Literal["higher", "lower"] | None
    range: list[float | None] | None  # its ends, None: it has none; None for all: nobody says
    model: str | None
    created_at: str


class Series(TypedDict):
    name: str
    first_frame: int
    frames_each: int  # that a value stands for
    values: list[float]


class PictureTry(TypedDict):
    """A picture that was scored for a scene."""

    scene: int
    number: int  # of the scene's, from 1
    attempt: int  # of the job
    asset: str
    seed: int | None
    cost_usd: float | None  # None: nobody knows; 0: nobody was asked
    scores: dict[str, float]
    hash: str | None
    kept: bool  # the film shows it
    created_at: str


class JobMetrics(TypedDict):
    job: str
    scores: list[Score]
    series: list[Series]
    pictures: list[PictureTry]
    why_not: str | None  # a sentence, where there is nothing at all


class ListedScore(Score):
    id: str
    job: str


class ScoreList(TypedDict):
    metrics: list[ListedScore]
    next: str | None
    count: int | None


class Report(TypedDict):
    job: str
    target: str
    status: Literal["running", "done"]
    progress: float  # percent
    size_bytes: int | None
    frames: int | None
    scenes: int | None


class Model(TypedDict):
    model: str
    metric: str
    unit: str
    better: Literal["higher", "lower"] | None
    range: list[float | None] | None
    reach: list[str]  # the gates of a request that may name the metric: "pictures", "film"
    manifest: str


class AbsentMetric(TypedDict):
    metric: str
    why: str


class Models(TypedDict):
    """Models that score pictures: docs/metrics/learned.md."""

    folder: str
    models: list[Model]
    refused: list[str]  # sentences
    absent: list[AbsentMetric]


class Metrics:
    """`client.metrics(job)`, `client.metrics.report(job, file)`."""

    def __init__(self, call: Callable[[str, Mapping[str, Any]], dict[str, Any]]) -> None:
        self._call = call

    def __call__(self, job: str) -> JobMetrics:
        return cast(JobMetrics, self._call("metrics", {"job": job}))

    def list(self, **params: Any) -> ScoreList:
        """Scores of all jobs, a page at a time; `params` are the filters and the page."""
        return cast(ScoreList, self._call("metric_list", params))

    def report(self, job: str, target: str | os.PathLike[str]) -> Report:
        """One page of HTML; waits until it is written."""
        params = {"job": job, "target": os.path.abspath(target)}
        return cast(Report, until_done(self._call, "metrics_report", params))

    def models(self) -> Models:
        return cast(Models, self._call("models", {}))
