"""Users and what they prefer: docs/protocol/users.md."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict, cast

Call = Callable[[str, Mapping[str, Any]], dict[str, Any]]


class User(TypedDict):
    id: str
    username: str
    email: str
    has_password: bool
    is_active: bool
    is_superuser: bool
    created_at: str
    keys: NotRequired[Sequence[str]]  # not in lists


class UserList(TypedDict):
    users: Sequence[User]
    next: str | None
    count: int | None


class Settings(TypedDict):
    user: str
    default_language: str
    default_tone: str
    default_image_style: str
    default_tts_voice: str
    script_model: str
    image_model: str
    tts_provider: str
    video_provider: str
    created_at: str | None
    updated_at: str | None


class Users:
    """A user is named by id or by username. Made by Client as `client.users`."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def create(self, username: str, email: str, password: str | None = None, is_superuser: bool = False) -> User:
        params: dict[str, Any] = {"username": username, "email": email, "is_superuser": is_superuser}
        if password is not None:
            params["password"] = password
        return self._user("user_create", params)

    def show(self, user: str) -> User:
        return self._user("user_show", {"user": user})

    def list(self, **params: Any) -> UserList:
        """A page of them, with the filters and the paging of the protocol."""
        return cast(UserList, self._call("user_list", params))

    def update(self, user: str, **changes: Any) -> User:
        """Changes username, email, is_active or is_superuser."""
        return self._user("user_update", {"user": user, **changes})

    def set_password(self, user: str, password: str, old_password: str | None = None) -> User:
        """Where the old password is given, it must be right."""
        params = {"user": user, "password": password}
        if old_password is not None:
            params["old_password"] = old_password
        return self._user("user_password", params)

    def login(self, username: str, password: str) -> User:
        """Who has that name and password; raises ReeldError "not_found" where nobody has."""
        return self._user("user_login", {"username": username, "password": password})

    def delete(self, user: str) -> None:
        """With all that is theirs."""
        self._call("user_delete", {"user": user})

    def add_key(self, user: str, key: str) -> User:
        return self._user("user_key_add", {"user": user, "key": key})

    def remove_key(self, key: str) -> None:
        self._call("user_key_remove", {"key": key})

    def settings(self, user: str | None = None) -> Settings:
        """Of the local user where none is named."""
        params = {} if user is None else {"user": user}
        return cast(Settings, self._call("settings_show", params)["settings"])

    def set_settings(self, user: str | None = None, **values: str) -> Settings:
        """Changes what is given; "" takes a choice back."""
        params = dict(values) if user is None else {"user": user, **values}
        return cast(Settings, self._call("settings_set", params)["settings"])

    def _user(self, method: str, params: Mapping[str, Any]) -> User:
        return cast(User, self._call(method, params)["user"])
