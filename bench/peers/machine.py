"""Says on what machine a measurement was made."""
import os
import platform
from pathlib import Path


def describe() -> dict:
    memory_kb = int(value_after("/proc/meminfo", "MemTotal").split()[0])
    return {
        "cpu": value_after("/proc/cpuinfo", "model name") or platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_mb": memory_kb // 1024,
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", "Linux"),
        "kernel": platform.release(),
    }


def value_after(file: str, key: str) -> str:
    for line in Path(file).read_text("utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return ""
