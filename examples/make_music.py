#!/usr/bin/python3
"""make_music.py OUT.wav: the demo's music, 32 s that loop without a seam: slow plucked chords over a soft bass. 48 kHz stereo."""
import sys
import wave

import numpy as np

RATE = 48000
BEAT = 0.5  # seconds
# A bar a chord, D, Bm, G, A twice over: semitones from D3, 146.83 Hz.
CHORDS = [(0, 4, 7, 12), (-3, 0, 4, 9), (-7, 0, 5, 9), (-5, 2, 7, 11)] * 2
PATTERN = (0, 2, 1, 3, 2, 1, 3, 2)


def pluck(frequency: float, seconds: float) -> np.ndarray:
    """A string: harmonics that die the faster the higher they are."""
    t = np.arange(int(seconds * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * frequency * k * t) * np.exp(-t * (1.2 + 0.9 * k)) / k for k in range(1, 7))
    return tone * np.minimum(1, t / 0.004)


def add(track: np.ndarray, tone: np.ndarray, at: float) -> None:
    """Lays a tone over the track; what goes beyond its end sounds on at its beginning, so that it loops."""
    index = (int(at * RATE) + np.arange(len(tone))) % len(track)
    np.add.at(track, index, tone)


def main() -> None:
    bar = len(PATTERN) * BEAT
    left, right = (np.zeros(int(len(CHORDS) * bar * RATE)) for _ in range(2))
    for number, chord in enumerate(CHORDS):
        for step, voice in enumerate(PATTERN):
            tone = pluck(146.83 * 2 ** (chord[voice] / 12), 3.0)
            pan = 0.3 + 0.4 * voice / 3
            add(left, tone * (1 - pan), number * bar + step * BEAT)
            add(right, tone * pan, number * bar + step * BEAT)
        bass = pluck(146.83 / 2 * 2 ** (chord[0] / 12), bar) * 0.5
        add(left, bass, number * bar)
        add(right, bass, number * bar)
    samples = np.stack([left, right], axis=1)
    samples = np.round(samples / np.abs(samples).max() * 0.7 * 32767).astype("<i2")
    with wave.open(sys.argv[1], "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())


main()
