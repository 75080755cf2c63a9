"""Files and housekeeping: docs/protocol/media.md."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypedDict, cast

from .waiting import until_done


class CleanupPolicy(TypedDict):
    max_age_days: int | None
    max_size_mb: int | None
    preserve_completed_videos: bool


class AccessPermissions(TypedDict):
    public_read: bool
    authenticated_read: bool
    admin_write: bool


class Storage(TypedDict):
    id: str
    storage_type: str
    directory_path: str
    total_size_bytes: int
    file_count: int
    last_cleanup: str | None
    cleanup_policy: CleanupPolicy
    access_permissions: AccessPermissions


class CleanedFile(TypedDict):
    storage_type: str | None
    file: str
    size_bytes: int
    why: str


class Cleaned(TypedDict):
    status: str
    files: list[CleanedFile]
    file_count: int
    size_bytes: int
    dry_run: bool


class Finding(TypedDict):
    kind: str
    place: str
    detail: str
    mended: bool


class Checked(TypedDict):
    status: str
    findings: list[Finding]
    finding_count: int
    mended_count: int


class Exported(TypedDict):
    status: str
    target: str
    rows: int
    bytes: int


class Media:
    """Assets, films, and the room that they take; each call is a method of the protocol."""

    def __init__(self, call: Callable[[str, Mapping[str, Any]], dict[str, Any]]) -> None:
        self._call = call

    def assets(self, **filters: Any) -> dict[str, Any]:
        return self._call("asset_list", filters)

    def asset(self, asset: str) -> dict[str, Any]:
        return cast("dict[str, Any]", self._call("asset_show", {"asset": asset})["asset"])

    def videos(self, **filters: Any) -> dict[str, Any]:
        return self._call("video_list", filters)

    def storage(self) -> list[Storage]:
        return cast("list[Storage]", self._call("storage_list", {})["storage"])

    def set_storage(self, storage_type: str, **changes: Any) -> Storage:
        return cast(Storage, self._call("storage_set", {"storage_type": storage_type, **changes})["storage"])

    def gc(self, dry_run: bool = False) -> Cleaned:
        """Cleans up as the policies say, however long that takes."""
        return cast(Cleaned, until_done(self._call, "gc", {"dry_run": dry_run}))

    def fsck(self, mend: bool = False, deep: bool = False) -> Checked:
        """Compares the record and the files, however long that takes."""
        return cast(Checked, until_done(self._call, "fsck", {"mend": mend, "deep": deep}))

    def export(self, list: str, target: str, format: str = "json", **filters: Any) -> Exported:
        """Writes a list whole to `target`, an absolute path on the daemon's machine."""
        params = {"list": list, "target": target, "format": format, "params": filters}
        return cast(Exported, until_done(self._call, "export", params))

    def delete_job(self, job: str) -> None:
        self._call("job_delete", {"job": job})
