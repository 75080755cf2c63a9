"""Reads films with ffmpeg: their count of frames, and frames' luma."""
import json
import subprocess
from pathlib import Path

import numpy as np

from job import HEIGHT, WIDTH

# Red's, green's and blue's share of luma. What a film does not name is swscale's default, BT.601.
BT601, BT709 = (0.299, 0.587, 0.114), (0.2126, 0.7152, 0.0722)


def probe(film: Path) -> dict:
    command = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-count_packets", "-of", "json"]
    fields = "stream=width,height,nb_read_packets,color_space,color_range,pix_fmt"
    return json.loads(subprocess.check_output([*command, "-show_entries", fields, film]))["streams"][0]


def count_frames(film: Path) -> int:
    return int(probe(film)["nb_read_packets"])


def luma_shares(film: Path) -> tuple[float, float, float]:
    return BT709 if probe(film).get("color_space") == "bt709" else BT601


def read_luma(film: Path, numbers: list[int]) -> list[np.ndarray]:
    """The frames of these ascending numbers: luma, 0 black to 255 white, unrounded. The plane is taken as it is coded, since
    ffmpeg's own conversions round."""
    wanted = "+".join(f"eq(n\\,{number})" for number in numbers)
    decode = ["ffmpeg", "-v", "error", "-i", film, "-vf", f"select={wanted},extractplanes=y", "-vsync", "passthrough"]
    raw = subprocess.check_output([*decode, "-f", "rawvideo", "-"])
    codes = np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH).astype(np.float64)
    if len(codes) != len(numbers):
        raise ValueError(f"{film.name} has {len(codes)} of the frames {numbers}")
    full_range = probe(film).get("color_range") == "pc"
    return list(codes if full_range else (codes - 16) * (255 / 219))
