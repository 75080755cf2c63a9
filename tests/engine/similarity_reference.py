"""PSNR, SSIM, MS-SSIM and banding of two PGM pictures in double precision, by the definitions in
docs/metrics/fidelity.md and by nothing else: what engine/score/similarity is held against. Prints JSON."""

import json
import sys

import numpy

WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]


def read(name):
    with open(name, "rb") as file:
        magic, size, most, pixels = file.read().split(b"\n", 3)
    assert magic == b"P5" and most in (b"255", b"1023")
    width, height = size.split()
    samples = numpy.frombuffer(pixels, numpy.uint8 if most == b"255" else numpy.dtype(">u2"))
    return samples.reshape(int(height), int(width)).astype(numpy.float64), int(most)


def window():
    x = numpy.arange(11) - 5
    line = numpy.exp(-x * x / (2 * 1.5**2))
    square = numpy.outer(line, line)
    return square / square.sum()


def windowed(image):
    """Every place at which the 11x11 window lies inside, summed pixel by pixel."""
    weights, (height, width) = window(), image.shape
    total = numpy.zeros((height - 10, width - 10))
    for i in range(11):
        for j in range(11):
            total += weights[i, j] * image[i:height - 10 + i, j:width - 10 + j]
    return total


def at_scale(a, b, most):
    mean_a, mean_b = windowed(a), windowed(b)
    var_a, var_b = windowed(a * a) - mean_a**2, windowed(b * b) - mean_b**2
    covariance = windowed(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * most)**2, (0.03 * most)**2
    contrast = (2 * covariance + c2) / (var_a + var_b + c2)
    luminance = (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
    return (luminance * contrast).mean(), contrast.mean()


def halved(image):
    even = numpy.pad(image, ((0, image.shape[0] % 2), (0, image.shape[1] % 2)), "edge")
    return (even[0::2, 0::2] + even[1::2, 0::2] + even[0::2, 1::2] + even[1::2, 1::2]) / 4


def ms_ssim(a, b, most):
    product = 1.0
    for scale, weight in enumerate(WEIGHTS):
        ssim, contrast = at_scale(a, b, most)
        product *= max(0.0, ssim if scale == 4 else contrast)**weight
        a, b = halved(a), halved(b)
    return product


def banding(image, most):
    """Places behind which 6 equal pixels give way to 6 equal others, 1 to 4 codes of 8 bits apart, along a row or a column.
    Of 10 bits, pixels that differ by one code are equal."""
    code, same = (1, 0) if most == 255 else (4, 1)
    found = numpy.zeros(image.shape, bool)
    for marks, lines in ((found, image), (found.T, image.T)):
        for y, line in enumerate(lines):
            for x in range(5, len(line) - 6):
                before, after = line[x - 5:x + 1], line[x + 1:x + 7]
                step = abs(line[x] - line[x + 1])
                if numpy.ptp(before) <= same and numpy.ptp(after) <= same and code <= step <= 4 * code:
                    marks[y, x] = True
    return found.mean()


def main():
    (a, most), (b, _) = read(sys.argv[1]), read(sys.argv[2])
    error = ((a - b)**2).mean()
    print(json.dumps({
        "psnr": 100.0 if error == 0 else min(100.0, 10 * numpy.log10(most**2 / error)),
        "ssim": at_scale(a, b, most)[0],
        "ms_ssim": ms_ssim(a, b, most) if min(a.shape) >= 161 else None,
        "banding": [banding(a, most), banding(b, most)]}))


main()
