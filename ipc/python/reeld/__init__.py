"""Client for reeld, the local video rendering daemon. Start with Client."""
from .client import Client, ReeldError, default_endpoint, events_endpoint_for
from .types import (
    Asset,
    Devices,
    ErrorBody,
    Event,
    Health,
    Job,
    JobList,
    Resources,
    Stage,
    Stats,
    Submitted,
    Video,
    Watched,
    WholeJob,
)

__all__ = [
    "Asset",
    "Client",
    "Devices",
    "ErrorBody",
    "Event",
    "Health",
    "Job",
    "JobList",
    "ReeldError",
    "Resources",
    "Stage",
    "Stats",
    "Submitted",
    "Video",
    "Watched",
    "WholeJob",
    "default_endpoint",
    "events_endpoint_for",
]
