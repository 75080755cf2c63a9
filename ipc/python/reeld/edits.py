"""Versions of films: editing sessions, what they would reuse, and what came of them."""
from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypedDict, cast

from .types import Job, Reused

if TYPE_CHECKING:
    from .client import Client

SessionStatus = Literal["draft", "rendering", "completed", "failed"]


class Clip(TypedDict):
    id: str | None  # the scene's number in the film before the edits; None: it came by an edit
    position: int
    start: float | None
    end: float | None


class EditData(TypedDict):
    edits: list[dict[str, Any]]
    clips: list[Clip]
    transitions: list[dict[str, Any]]
    effects: list[dict[str, Any]]


class EditingSession(TypedDict):
    id: str
    job: str
    user: str
    edit_data: EditData
    edited_job: str | None
    edited_video_path: str | None
    edited_video_url: str | None
    status: SessionStatus
    created_at: str
    updated_at: str


class SessionList(TypedDict):
    sessions: list[EditingSession]
    next: str | None
    count: int | None


class ToFetch(TypedDict):
    role: str
    scene: int | None
    provider: str
    path: str


class EditPreview(TypedDict):
    session: str
    request: dict[str, Any]
    reused: Reused
    exact: bool
    to_fetch: list[ToFetch]


class RenderedEdit(TypedDict):
    session: EditingSession
    job: Job


class Version(TypedDict):
    job: Job
    depth: int
    session: str | None
    reused: Reused | None


Edit = Mapping[str, Any]
Versions = list[Version]  # in the class, `list` is a method


class Edits:
    """The client's editing sessions: `client.edits`. docs/edits.md has the edit list."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def open(self, job: str, edits: Iterable[Edit] = (), user: str | None = None) -> EditingSession:
        """A session on a film that is at its end."""
        params: dict[str, Any] = {"job": job, "edits": [dict(edit) for edit in edits]}
        if user is not None:
            params["user"] = user
        return self._session("edit_open", params)

    def change(
        self, session: str, edits: Iterable[Edit], mode: Literal["replace", "append"] = "replace"
    ) -> EditingSession:
        return self._session(
            "edit_change", {"session": session, "edits": [dict(edit) for edit in edits], "mode": mode}
        )

    def show(self, session: str) -> EditingSession:
        return self._session("edit_show", {"session": session})

    def list(self, **params: Any) -> SessionList:
        """A page of sessions, by job, user and status, with the paging of docs/protocol.md."""
        return cast(SessionList, self._client.call("edit_list", params))

    def delete(self, session: str) -> None:
        self._client.call("edit_delete", {"session": session})

    def preview(self, session: str) -> EditPreview:
        """The version's request, what it would reuse and what it would have to fetch."""
        return cast(EditPreview, self._client.call("edit_preview", {"session": session}))

    def render(self, session: str, target: str | os.PathLike[str]) -> RenderedEdit:
        """Makes a job of the session; `client.follow` shows how it does."""
        return cast(
            RenderedEdit,
            self._client.call("edit_render", {"session": session, "target": os.path.abspath(target)}),
        )

    def versions(self, job: str) -> Versions:
        """The first film of this one's line and all that came of it."""
        return cast(Versions, self._client.call("versions", {"job": job})["versions"])

    def _session(self, method: str, params: dict[str, Any]) -> EditingSession:
        return cast(EditingSession, self._client.call(method, params)["session"])

