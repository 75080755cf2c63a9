"""Takes, the tries at the pictures and speeches of projects: docs/protocol/takes.md."""
from __future__ import annotations

import os
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, TypedDict, cast

from .types import Asset, ErrorBody

if TYPE_CHECKING:
    from .client import Client

POLL_S = 0.1

TakeType = Literal["IMAGE", "AUDIO", "VIDEO_CLIP"]
TakeStatus = Literal["pending", "ready", "failed"]


class TakeWarning(TypedDict):
    message: str
    path: str


class _TakeFields(TypedDict):
    id: str
    project: str
    scene: str | None  # None: of the whole project
    type: TakeType
    status: TakeStatus
    is_main: bool
    provider: str
    model: str  # as asked; once ready the one that made it
    prompt: str
    voice_id: str | None  # of AUDIO
    speed: float | None
    file: str | None  # below the daemon's data directory, once it is ready
    duration_seconds: float | None
    allow_fallback: bool
    model_fallback_occurred: bool
    warnings: list[TakeWarning]
    budget_usd: float | None
    error: ErrorBody | None
    created_at: str
    updated_at: str


class Take(_TakeFields):
    asset: str | None


class WholeTake(_TakeFields):
    params: dict[str, Any]  # what is asked of the provider
    asset: Asset | None


class TakeList(TypedDict):
    takes: list[Take]
    next: str | None
    count: int | None


# The class below has a method of the name `list`.
_TakeRows = list[Take]
_WholeTakeRows = list[WholeTake]


class Takes:
    """`client.takes`. What begins takes gives them pending; `wait` gives them once they are done."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def speech(self, scene: str, **params: Any) -> Take:
        """The scene's text spoken; `params` are voice, speed, provider and the others of scene_speech."""
        return self._take("scene_speech", {"scene": scene, **params})

    def project_speech(self, project: str, **params: Any) -> _TakeRows:
        """All scenes of a project spoken, in their order; missing_only leaves out those that have a speech."""
        return self._takes("project_speech", {"project": project, **params})

    def picture(self, scene: str, **params: Any) -> _TakeRows:
        """Pictures of a scene, `count` of them; `params` are style, seed and the others of scene_picture."""
        return self._takes("scene_picture", {"scene": scene, **params})

    def project_picture(self, project: str, **params: Any) -> _TakeRows:
        return self._takes("project_picture", {"project": project, **params})

    def import_file(
        self,
        file: str | os.PathLike[str],
        type: Literal["IMAGE", "AUDIO"],
        scene: str | None = None,
        project: str | None = None,
    ) -> Take:
        """A file of one's own for a scene, or a picture for a whole project."""
        whose = {name: id for name, id in (("scene", scene), ("project", project)) if id is not None}
        return self._take("take_import", {"file": os.path.abspath(file), "type": type, **whose})

    def show(self, take: str) -> WholeTake:
        return cast(WholeTake, self._client.call("take_show", {"take": take})["take"])

    def list(self, **params: Any) -> TakeList:
        """Takes, newest first: a page of them, with the filters of take_list and the paging of all lists."""
        return cast(TakeList, self._client.call("take_list", params))

    def choose(self, take: str) -> Take:
        """Makes it the main one of its scene and type."""
        return self._take("take_choose", {"take": take})

    def retry(self, take: str) -> Take:
        return self._take("take_retry", {"take": take})

    def delete(self, take: str) -> None:
        self._client.call("take_delete", {"take": take})

    def wait(self, takes: Iterable[Take]) -> _WholeTakeRows:
        """The takes, each ready or failed, in their order; as long as that takes."""
        return [self._done(take["id"]) for take in takes]

    def _done(self, id: str) -> WholeTake:
        while (take := self.show(id))["status"] == "pending":
            time.sleep(POLL_S)
        return take

    def _take(self, method: str, params: dict[str, Any]) -> Take:
        return cast(Take, self._client.call(method, params)["take"])

    def _takes(self, method: str, params: dict[str, Any]) -> _TakeRows:
        return cast(_TakeRows, self._client.call(method, params)["takes"])
