"""What the daemon answers, as types. docs/protocol.md has an example of each."""
from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

JobStatus = Literal["pending", "media_generation", "video_composition", "completed", "failed", "cancelled"]
EventType = Literal["status", "stage", "progress", "warning", "finished", "alert", "take", "take_removed", "project", "group"]


class ErrorBody(TypedDict):
    code: str  # stable; docs/protocol.md lists them
    message: str
    path: str  # JSON pointer of the field at fault, or ""


class Job(TypedDict):
    id: str
    status: JobStatus
    stage: str
    progress: float  # percent; never goes back
    title: str
    target: str
    error: ErrorBody | None
    warnings: list[Any]
    created_at: str
    started_at: str | None
    completed_at: str | None
    attempt: int
    frames_per_second: float | None  # while frames are rendered
    eta_seconds: float | None
    cost_usd: float  # at providers, so far
    model_fallback_occurred: bool
    user: str
    session: str | None
    project: str | None
    group: str | None
    parent: str | None


class Stage(TypedDict):
    stage: str
    attempt: int
    started_at: str
    estimated_completion: str | None  # as it was last thought, while frames are rendered
    completed_at: str | None
    error: ErrorBody | None
    cpu_seconds: float | None  # what its tasks took; None until its end
    gpu_seconds: float | None
    peak_memory_mb: float | None
    peak_gpu_memory_mb: float | None
    frames: int | None


class Asset(TypedDict):
    id: str
    sha256: str
    type: str
    source_type: str
    provider: str
    model_asked: str
    model: str  # that made it
    prompt: str
    seed: int | None
    request_count: int
    input_tokens: int
    output_tokens: int
    thought_tokens: int
    cached_tokens: int
    response_seconds: float
    cost_usd: float | None  # None where no price is known
    confidence: float | None
    words_estimated: bool
    params: dict[str, Any]  # as asked
    metadata: dict[str, Any]  # the provider's own
    role: str
    scene: int | None  # counted from 0; None for the whole film's
    file: str  # below the daemon's data directory
    size_bytes: int
    reused: bool  # nobody was asked for it


class Video(TypedDict):
    """The finished file, as probed."""

    file: str
    poster: str
    title: str
    container: str
    codec: str
    pixel_format: str
    width: int
    height: int
    resolution: str
    fps: str  # exact, "30000/1001"
    fps_value: float
    frame_count: int
    duration_seconds: float
    audio_codec: str
    audio_duration_seconds: float
    bit_rate: int
    size_bytes: int


class QualityTry(TypedDict):
    """A crf that was tried, what it reached, and how large the samples were."""

    crf: int
    value: float
    bytes: int


class QualitySearch(TypedDict):
    """How a film's crf was found for its target."""

    metric: str
    at_least: float
    crf: int
    value: float
    reached: bool
    tries: list[QualityTry]


class EncoderTrial(TypedDict):
    name: str
    why_not: str


class Resources(TypedDict):
    wall_seconds: float
    cpu_seconds: float
    gpu_seconds: float
    peak_memory_mb: float
    peak_gpu_memory_mb: float
    disk_used_mb: float
    frames: int
    frames_per_second: float
    encoder: str
    device: str
    encoder_trials: list[EncoderTrial]
    quality_search: QualitySearch | None


class Reused(TypedDict):
    """What a job took from films before it."""

    assets: int
    asset_total: int
    frames: int
    frame_total: int
    segments: int
    segment_total: int
    sound: bool
    saved_cost_usd: float


class WholeJob(Job):
    request: dict[str, Any]
    script: dict[str, Any] | None  # how it was written; None: not made of a script
    stages: list[Stage]
    assets: list[Asset]
    video: Video | None
    resources: Resources | None
    reused: Reused | None


class Event(TypedDict):
    v: NotRequired[int]  # in events that were sent, not in those of the record
    job: str
    seq: int  # counts a job's events from 1; 0 for one that the record does not have
    time: str | None
    type: EventType
    body: dict[str, Any]


class Submitted(TypedDict):
    job: Job
    repeated: bool


class JobList(TypedDict):
    jobs: list[Job]
    next: str | None
    count: int | None


class Watched(TypedDict):
    job: Job
    events: list[Event]
    events_endpoint: str
    topic: str


class ScriptScene(TypedDict):
    text: str
    picture_prompt: str
    mood: str
    duration_seconds: float
    role: str


class Utterance(TypedDict):
    role: str  # director, critic
    iteration: int
    content: str
    timestamp: str


class Script(TypedDict):
    title: str
    origin: str  # "rules", or who wrote it
    scenes: list[ScriptScene]
    conversation: list[Utterance]
    warnings: list[str]
    provenance: dict[str, Any] | None


class ScriptResult(TypedDict):
    id: str
    status: Literal["writing", "done"]
    script: Script | None
    request: dict[str, Any] | None


class Device(TypedDict):
    kind: str
    name: str
    memory_bytes: int
    emulated: bool
    available: bool
    why_not: str


class Encoder(TypedDict):
    name: str
    codec: str
    available: bool
    why_not: str


class Devices(TypedDict):
    devices: list[Device]
    encoders: list[Encoder]


class Want(TypedDict):
    path: str  # of the request's object
    role: str
    provider: str
    model: str
    cost_usd: float | None  # None where no price is known
    is_there: bool


class Estimate(TypedDict):
    cost_usd: float | None
    wants: list[Want]


class Provider(TypedDict):
    name: str
    kind: str
    capabilities: list[str]
    models: dict[str, list[str]]  # by capability
    offline: bool
    limits: dict[str, Any]
    available: bool
    why_not: str


class Providers(TypedDict):
    providers: list[Provider]


class ModelHealth(TypedDict):
    model: str
    available: bool
    unavailable_since: str | None
    last_check: str | None
    last_success: str | None
    last_error: str | None
    last_hour: dict[str, Any] | None


class ProviderHealth(TypedDict):
    name: str
    kind: str
    why_not: str | None
    models: list[ModelHealth]


class Alert(TypedDict):
    kind: Literal["unavailable", "fallback_rate", "error_rate", "slow_response"]
    provider: str
    model: str
    value: float
    threshold: float
    message: str
    raised_at: str
    cleared_at: str | None


class Worker(TypedDict):
    pid: int
    state: str


class Database(TypedDict):
    version: int
    error: ErrorBody | None  # what is wrong with its file or disk


class Health(TypedDict):
    status: Literal["ok", "draining"]
    version: str
    protocol: int
    pid: int
    uptime_seconds: float
    data_dir: str
    database: Database
    slots: int
    workers: list[Worker]
    providers: list[ProviderHealth]
    alerts: list[Alert]


class Backup(TypedDict):
    target: str
    status: str  # copying, done
    bytes: int | None
    rows: int | None  # of all tables


class Stats(TypedDict):
    jobs: dict[str, int]  # by status
    assets: int
    videos: int
    events: int
    waiting: int
    running: int
