"""Work that the first call begins, and that the same call tells of until it is done."""
from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

POLL_S = 0.1


def until_done(
    call: Callable[[str, Mapping[str, Any]], dict[str, Any]], method: str, params: Mapping[str, Any]
) -> dict[str, Any]:
    """The reply whose `status` is "done", however long that takes."""
    result = call(method, params)
    while result["status"] != "done":
        time.sleep(POLL_S)
        result = call(method, params)
    return result
