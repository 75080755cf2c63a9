"""Groups of films that are compared: docs/protocol/groups.md."""
from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict, cast

from .types import ErrorBody, Job, JobStatus, Video
from .waiting import until_done

if TYPE_CHECKING:
    from .client import Client

ComparisonType = Literal["settings", "prompt"]
WorkStatus = Literal["running", "done"]


class Variation(TypedDict):
    label: NotRequired[str]
    changes: NotRequired[Mapping[str, Any]]  # JSON Merge Patch
    patch: NotRequired[Sequence[Mapping[str, Any]]]  # JSON Patch
    prompt: NotRequired[str]  # where prompts are compared


class Group(TypedDict):
    id: str
    user: str
    comparison_type: ComparisonType
    created_at: str
    films: int
    done: int  # at their end
    completed: int


class WholeGroup(Group):
    request: dict[str, Any]


class GroupFilm(Job):
    label: str
    variation: Variation


class Metric(TypedDict):
    name: str
    unit: str
    better: Literal["higher", "lower"] | None
    model: str | None
    scene: int | None  # from 0; None: of the whole film
    values: list[float | None]  # one a film
    best: list[int]  # the films' numbers, from 0
    differences: list[float | None]  # to the first film's value


class ShownGroup(TypedDict):
    group: WholeGroup
    films: list[GroupFilm]
    comparison: list[Metric] | None


class CreatedGroup(ShownGroup):
    repeated: bool  # it was there already, by its idempotency key


class GroupList(TypedDict):
    groups: list[Group]
    next: str | None
    count: int | None


class ComparedFilm(TypedDict):
    job: str
    label: str
    status: JobStatus
    target: str
    error: ErrorBody | None


class LeftOut(TypedDict):
    job: str
    label: str
    reason: str


class Comparison(TypedDict):
    group: str
    status: WorkStatus
    progress: float  # percent
    films: list[ComparedFilm]
    metrics: list[Metric]
    not_measured: list[LeftOut]


class _Made(TypedDict):
    group: str
    target: str
    status: WorkStatus
    progress: float  # percent
    left_out: list[LeftOut]


class Sheet(_Made):
    width: int | None
    height: int | None
    size_bytes: int | None


class SideBySide(_Made):
    columns: int | None
    rows: int | None
    encoder: str | None
    video: Video | None


class Groups:
    """A client's groups. What a worker makes is waited for, however long that takes."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(
        self,
        comparison_type: ComparisonType,
        request: Mapping[str, Any],
        variations: Sequence[Variation],
        target_dir: str | os.PathLike[str],
        base_dir: str | os.PathLike[str] = ".",
        **more: Any,
    ) -> CreatedGroup:
        """Hands all variations in, or none. `more` is idempotency_key, user and session."""
        params = {
            "comparison_type": comparison_type,
            "request": dict(request),
            "variations": [dict(variation) for variation in variations],
            "target_dir": os.path.abspath(target_dir),
            "base_dir": os.path.abspath(base_dir),
            **more,
        }
        return cast(CreatedGroup, self._client.call("group_create", params))

    def show(self, group: str) -> ShownGroup:
        return cast(ShownGroup, self._client.call("group_show", {"group": group}))

    def list(self, **params: Any) -> GroupList:
        """Groups in brief, a page at a time; `params` are the filters and the page."""
        return cast(GroupList, self._client.call("group_list", params))

    def delete(self, group: str) -> None:
        """Its films stay."""
        self._client.call("group_delete", {"group": group})

    def compare(self, group: str) -> Comparison:
        return cast(Comparison, until_done(self._client.call, "group_compare", {"group": group}))

    def sheet(self, group: str, target: str | os.PathLike[str], columns: int = 6) -> Sheet:
        """A contact sheet, .png or .jpg: a row a film."""
        params = {"group": group, "target": os.path.abspath(target), "columns": columns}
        return cast(Sheet, until_done(self._client.call, "group_sheet", params))

    def side_by_side(self, group: str, target: str | os.PathLike[str]) -> SideBySide:
        """One film of the films, .mp4."""
        params = {"group": group, "target": os.path.abspath(target)}
        return cast(SideBySide, until_done(self._client.call, "group_side_by_side", params))
