"""Projects and their scenes: docs/protocol/projects.md."""
from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict, cast

from .types import ErrorBody, Job

if TYPE_CHECKING:
    from .client import Client
    from .takes import Take

SCRIPT_POLL_S = 0.1

ProjectStatus = Literal["draft", "in-progress", "completed"]


class MainTakes(TypedDict):
    IMAGE: Take | None
    AUDIO: Take | None
    VIDEO_CLIP: Take | None


class Scene(TypedDict):
    id: str
    project: str
    position: int  # from 1
    text: str
    notes: str | None
    picture_prompt: str
    mood: str
    role: str
    duration: float | None  # seconds, where nobody speaks
    created_at: str
    updated_at: str


class WholeScene(Scene):
    takes: MainTakes


class Writing(TypedDict):
    script: str
    status: Literal["writing", "written", "failed"]
    error: ErrorBody | None


class ProjectVideo(TypedDict):
    id: str | None
    job: str
    status: Literal["pending", "rendering", "ready", "failed"]
    file: str | None
    aspect_ratio: str | None
    duration_seconds: float | None
    error: ErrorBody | None
    created_at: str
    updated_at: str


class Project(TypedDict):
    id: str
    user: str
    title: str
    description: str | None
    platform: str
    category: str
    tone: str
    target_length: str
    language: str
    status: ProjectStatus
    origin: Literal["uploaded", "generated"]
    writing: Writing | None
    created_at: str
    updated_at: str


class WholeProject(Project):
    script: str
    brief: dict[str, Any] | None
    scenes: list[WholeScene]
    takes: MainTakes
    videos: list[ProjectVideo]


class ProjectList(TypedDict):
    projects: list[Project]
    next: str | None
    count: int | None


class Film(TypedDict):
    request: dict[str, Any]
    warnings: list[ErrorBody]


class Rendering(TypedDict):
    job: Job
    repeated: bool
    warnings: list[ErrorBody]


class Projects:
    """The projects of a client's daemon."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(
        self, title: str, scenes: Sequence[str | Mapping[str, Any]] = (), **fields: str
    ) -> WholeProject:
        """`fields` are description, platform, category, tone, target_length, language, user, ..."""
        params = {"title": title, "scenes": [*scenes], **fields}
        return cast(WholeProject, self._client.call("project_create", params)["project"])

    def show(self, project: str) -> WholeProject:
        return cast(WholeProject, self._client.call("project_show", {"project": project})["project"])

    def list(self, **params: Any) -> ProjectList:
        """A page of projects, newest first, with the filters and the paging of docs/protocol/projects.md."""
        return cast(ProjectList, self._client.call("project_list", params))

    def update(self, project: str, **fields: str) -> Project:
        return cast(Project, self._client.call("project_update", {"project": project, **fields})["project"])

    def delete(self, project: str) -> None:
        self._client.call("project_delete", {"project": project})

    def script(
        self, brief: Mapping[str, Any], project: str | None = None, replace: bool = False, user: str | None = None
    ) -> WholeProject:
        """Has a script written and put into a project, however long that takes; what went wrong with it is in
        `writing`."""
        params: dict[str, Any] = {"brief": dict(brief), "replace": replace}
        if project is not None:
            params["project"] = project
        if user is not None:
            params["user"] = user
        made = cast(WholeProject, self._client.call("project_script", params)["project"])
        while made["writing"] is not None and made["writing"]["status"] == "writing":
            time.sleep(SCRIPT_POLL_S)
            made = self.show(made["id"])
        return made

    def request(self, project: str, options: Mapping[str, Any] | None = None) -> Film:
        """The request that `render` would hand in."""
        params = {"project": project, "options": dict(options or {})}
        return cast(Film, self._client.call("project_request", params))

    def render(
        self,
        project: str,
        target: str | os.PathLike[str],
        options: Mapping[str, Any] | None = None,
        base_dir: str | os.PathLike[str] = ".",
        **more: str,
    ) -> Rendering:
        """A job of the project, which Client.follow follows; `more` is idempotency_key and session."""
        params = {"project": project, "options": dict(options or {}), **_places(target, base_dir), **more}
        return cast(Rendering, self._client.call("project_render", params))

    def video_from_assets(
        self,
        assets: Sequence[str | Mapping[str, Any]],
        target: str | os.PathLike[str],
        options: Mapping[str, Any] | None = None,
        base_dir: str | os.PathLike[str] = ".",
        **more: str,
    ) -> Rendering:
        """A job of pictures that are in the record; `more` is title, project, user, idempotency_key, session."""
        params = {"assets": [*assets], "options": dict(options or {}), **_places(target, base_dir), **more}
        return cast(Rendering, self._client.call("video_from_assets", params))

    def add_scene(self, project: str, text: str = "", **fields: Any) -> Scene:
        """`fields` are position, notes, picture_prompt, mood, role and duration."""
        params = {"project": project, "text": text, **fields}
        return cast(Scene, self._client.call("scene_add", params)["scene"])

    def update_scene(self, scene: str, **fields: Any) -> Scene:
        return cast(Scene, self._client.call("scene_update", {"scene": scene, **fields})["scene"])

    def delete_scene(self, scene: str) -> None:
        self._client.call("scene_delete", {"scene": scene})

    def reorder_scenes(self, project: str, scenes: Sequence[str]) -> Sequence[Scene]:
        params = {"project": project, "scenes": [*scenes]}
        return cast("Sequence[Scene]", self._client.call("scenes_reorder", params)["scenes"])


def _places(target: str | os.PathLike[str], base_dir: str | os.PathLike[str]) -> dict[str, str]:
    return {"target": os.path.abspath(target), "base_dir": os.path.abspath(base_dir)}
