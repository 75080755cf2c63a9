"""Runs a command and says what it took: time, processor time and memory of all its processes.

Linux only. The caller must have no children but those it names in `beside`.
"""
import ctypes
import os
import resource
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
SAMPLE_S = 0.2  # looking at all processes takes some milliseconds: at this pace 2 % of a core
PR_SET_CHILD_SUBREAPER = 36
LAST_WORDS = 400  # characters of a failed command's output that are kept


@dataclass(frozen=True)
class Measured:
    status: int
    wall_s: float
    cpu_s: float
    peak_bytes: int  # resident memory of all its processes together; pages that they share count in each
    other_cpu_s: float  # what the rest of the machine took meanwhile: a run is disturbed where this is large
    last_words: str


@dataclass(frozen=True)
class Process:
    parent: int
    cpu_s: float  # with its dead children's
    resident_bytes: int


def measure(command: list[str], log: Path, beside: tuple[int, ...] = ()) -> Measured:
    """`beside` are processes that work for the command without being its children: a daemon. They are counted with their
    own children, their time only from now on."""
    # An orphan of the command becomes ours, so that its time is not lost to init.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    beside_before, machine_before = beside_cpu_s(beside), machine_cpu_s()
    own_before = time.process_time()
    with log.open("wb") as output:
        start = time.monotonic()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        peak, usage, status, end = follow(child.pid, beside)
    child.returncode = status  # it is reaped already
    wall_s = end - start
    cpu_s = user_and_system(usage) + reap_orphans(beside) + beside_cpu_s(beside) - beside_before
    other_cpu_s = machine_cpu_s() - machine_before - cpu_s - (time.process_time() - own_before)
    last_words = log.read_text("utf-8", "replace").strip()[-LAST_WORDS:]
    return Measured(status, wall_s, cpu_s, peak, max(0.0, other_cpu_s), last_words)


def follow(pid: int, beside: tuple[int, ...]) -> tuple[int, resource.struct_rusage, int, float]:
    """Waits for the command's end. The memory is sampled, since the kernel's own maximum of a child begins with what the parent
    held when it forked."""
    peak, over = 0, threading.Event()

    def sample() -> None:
        nonlocal peak
        while not over.is_set():
            processes = all_processes()
            peak = max(peak, sum(processes[one].resident_bytes for one in family((pid, *beside), processes)))
            over.wait(SAMPLE_S)

    sampler = threading.Thread(target=sample)
    sampler.start()
    _, status, usage = os.wait4(pid, 0)
    end = time.monotonic()
    over.set()
    sampler.join()
    return peak, usage, os.waitstatus_to_exitcode(status), end


def reap_orphans(beside: tuple[int, ...], patience_s: float = 5) -> float:
    """Waits for what the command left behind, ends what stays, and says what processor time it took."""
    cpu_s, end = 0.0, time.monotonic() + patience_s
    while orphans := [pid for pid, process in all_processes().items() if process.parent == os.getpid() and pid not in beside]:
        for pid in orphans:
            if time.monotonic() > end:
                os.kill(pid, 9)
            ended, _, usage = os.wait4(pid, os.WNOHANG)
            cpu_s += user_and_system(usage) if ended else 0
        time.sleep(0.01)
    return cpu_s


def user_and_system(usage: resource.struct_rusage) -> float:
    return usage.ru_utime + usage.ru_stime


def all_processes() -> dict[int, Process]:
    processes = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            stat = Path("/proc", entry, "stat").read_text("utf-8", "replace")
        except OSError:  # it has ended
            continue
        # After the name, which may hold anything: state, parent, ... (proc(5) counts from 3).
        fields = stat[stat.rindex(")") + 2 :].split()
        cpu_s = sum(map(int, fields[11:15])) * TICK_S
        processes[int(entry)] = Process(int(fields[1]), cpu_s, int(fields[21]) * PAGE)
    return processes


def family(roots: tuple[int, ...], processes: dict[int, Process]) -> set[int]:
    """The roots that live, and all their descendants."""
    found = {root for root in roots if root in processes}
    while more := {pid for pid, process in processes.items() if process.parent in found} - found:
        found |= more
    return found


def beside_cpu_s(beside: tuple[int, ...]) -> float:
    processes = all_processes()
    return sum(processes[pid].cpu_s for pid in family(beside, processes))


def machine_cpu_s() -> float:
    """What all processors have worked since the start: user, nice, system, irq, softirq and stolen time; not idle nor waiting."""
    fields = list(map(int, Path("/proc/stat").read_text("utf-8").splitlines()[0].split()[1:9]))
    return (sum(fields) - fields[3] - fields[4]) * TICK_S
