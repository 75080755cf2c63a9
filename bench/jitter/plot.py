#!/usr/bin/python3
"""plot.py NAME=TRACK.json ... > OUT.svg: how far one dot strays to the side, frame by frame, a row a program."""
import json
import sys

WIDTH, ROW, LEFT, SCALE = 900, 120, 190, 50.0  # SCALE: pixels of the drawing to a pixel of the film


def main() -> None:
    rows = [argument.split("=", 1) for argument in sys.argv[1:]]
    height = ROW * len(rows) + 40
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="14">')
    print(f'<rect width="{WIDTH}" height="{height}" fill="white"/>')
    for index, (name, file) in enumerate(rows):
        with open(file, encoding="utf-8") as track_file:
            track = json.load(track_file)
        middle = ROW * index + ROW / 2 + 10
        step = (WIDTH - LEFT - 20) / (len(track["x"]) - 1)
        points = " ".join(f"{LEFT + n * step:.1f},{middle - x * SCALE:.2f}" for n, x in enumerate(track["x"]))
        for level in (-1, 0, 1):
            y = middle - level * SCALE
            print(f'<line x1="{LEFT}" x2="{WIDTH - 20}" y1="{y}" y2="{y}" stroke="#ddd"/>')
            print(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end" font-size="11" fill="#777">{level:+d} px</text>')
        print(f'<text x="10" y="{middle - 6}" font-weight="bold">{name}</text>')
        print(f'<text x="10" y="{middle + 14}">RMS {track["rms"]:.4f} px</text>')
        print(f'<polyline points="{points}" fill="none" stroke="#06c" stroke-width="1.3"/>')
    print(f'<text x="{LEFT}" y="{height - 10}" fill="#777">five seconds of a slow zoom and pan; sideways distance of one dot from a smooth path</text>')
    print("</svg>")


main()
