"""VBench's temporal_flickering of a film, by numpy from frames that ffmpeg's own program decodes to RGB.
Prints the score."""

import subprocess
import sys

import numpy


def main():
    film, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", film, "-vf", "scale=in_color_matrix=bt709:flags=bicubic", "-f", "rawvideo",
         "-pix_fmt", "rgb24", "-"], check=True, capture_output=True).stdout
    frames = numpy.frombuffer(raw, numpy.uint8).reshape(-1, height, width, 3).astype(numpy.float64)
    means = [numpy.abs(a - b).mean() for a, b in zip(frames, frames[1:])]
    print((255 - numpy.mean(means)) / 255)


main()
