"""What jobs took of the machine and of the purse. docs/protocol/usage.md tells of the fields."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypedDict, cast

from .types import Job, Resources, Stage

UsageBy = Literal["day", "user", "device", "encoder", "provider", "model"]


class Sample(TypedDict):
    """A moment of a job."""

    time: str
    frames: int  # since the daemon took the job up
    frames_per_second: float | None  # since the sample before; None where there is none to compare with
    cpu_seconds: float
    cpu_cores: float | None
    memory_mb: float
    gpu_percent: float | None  # None where nothing measures it
    encoder_percent: float | None
    gpu_memory_mb: float | None
    gpu_scope: Literal["job", "machine"] | None


class JobUsage(TypedDict):
    job: Job
    resources: Resources | None
    stages: list[Stage]
    samples: list[Sample]


class UsageFigures(TypedDict):
    jobs: int
    calls: int
    call_seconds: float | None  # of calls alone, and the figures below of jobs alone
    tokens: int
    cost_usd: float
    films: int | None
    frames: int | None
    film_seconds: float | None
    wall_seconds: float | None
    cpu_seconds: float | None
    gpu_seconds: float | None
    peak_memory_mb: float | None
    peak_gpu_memory_mb: float | None


class UsageRow(UsageFigures):
    key: str | None  # None: jobs that have none
    name: str | None


# "from" is a word of Python's, which the other way of writing such a type would stumble over.
UsageSums = TypedDict(
    "UsageSums",
    {"by": UsageBy, "from": str, "before": str, "rows": list[UsageRow], "total": UsageFigures},
)


class Usage:
    """`client.usage`."""

    def __init__(self, call: Callable[[str, Mapping[str, Any]], dict[str, Any]]) -> None:
        self._call = call

    def job(self, job: str) -> JobUsage:
        return cast(JobUsage, self._call("usage_job", {"job": job}))

    def sum(
        self,
        by: UsageBy = "day",
        since: str | None = None,
        before: str | None = None,
        user: str | None = None,
        device: str | None = None,
    ) -> UsageSums:
        """Of the jobs made from `since` on and before `before`: days as "2026-11-21", or UTC times."""
        given = {"by": by, "from": since, "before": before, "user": user, "device": device}
        params = {name: value for name, value in given.items() if value is not None}
        return cast(UsageSums, self._call("usage_sum", params))
