#!/usr/bin/python3
"""dots.py OUT.png: a 4032x3024 picture of Gaussian white dots (sigma 5 px) on a 200 px grid, for measuring motion."""
import struct
import sys
import zlib

import numpy as np

WIDTH, HEIGHT, PITCH, SIGMA = 4032, 3024, 200, 5.0


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def main() -> None:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    half = PITCH / 2
    distance2 = ((x + half) % PITCH - half) ** 2 + ((y + half) % PITCH - half) ** 2
    grey = (np.exp(-distance2 / (2 * SIGMA**2)) * 255 + 0.5).astype(np.uint8)
    rows = np.zeros((HEIGHT, 1 + WIDTH), np.uint8)  # PNG's filter byte before each row
    rows[:, 1:] = grey
    with open(sys.argv[1], "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n")
        out.write(chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)))
        out.write(chunk(b"IDAT", zlib.compress(rows.tobytes(), 1)) + chunk(b"IEND", b""))


main()
