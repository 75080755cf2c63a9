"""espeak-ng by its C library, which tells where in the sound each word begins; tones where it is not installed."""
import ctypes
import hashlib
import re
import threading

import numpy as np

SYNCHRONOUS, DO_NOT_EXIT = 2, 0x8000
RATE, PITCH = 1, 3
POSITION_IN_CHARACTERS, UTF8 = 1, 1
LIST_TERMINATED, WORD = 0, 1
WORDS_PER_MINUTE = 175


class Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    ]


CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))


class Espeak:
    """The library, of which a process has one: a lock holds it to one sentence at a time."""

    def __init__(self):
        self.lock = threading.Lock()
        self.library = None
        try:
            library = ctypes.CDLL("libespeak-ng.so.1")
        except OSError:
            return
        self.rate_hz = library.espeak_Initialize(SYNCHRONOUS, 0, None, DO_NOT_EXIT)
        if self.rate_hz > 0:
            self.callback = CALLBACK(self.take)
            library.espeak_SetSynthCallback(self.callback)
            self.library = library

    def take(self, samples, count, events):
        if samples and count:
            self.pieces.append(np.ctypeslib.as_array(samples, (count,)).astype("<i2"))
        index = 0
        while events[index].type != LIST_TERMINATED:
            if events[index].type == WORD:
                self.words.append((events[index].text_position - 1, events[index].audio_position_ms / 1000))
            index += 1
        return 0

    def speak(self, text, name, pitch, rate):
        with self.lock:
            self.pieces, self.words = [], []
            if self.library.espeak_SetVoiceByName(name.encode()) != 0:
                self.library.espeak_SetVoiceByName(b"en")
            self.library.espeak_SetParameter(PITCH, pitch, 0)
            self.library.espeak_SetParameter(RATE, rate, 0)
            data = text.encode()
            self.library.espeak_Synth(
                data, ctypes.c_size_t(len(data) + 1), 0, POSITION_IN_CHARACTERS, 0, UTF8, None, None
            )
            self.library.espeak_Synchronize()
            samples = np.concatenate(self.pieces) if self.pieces else np.zeros(0, "<i2")
            return samples, self.rate_hz, self.words


_engine = None
_engine_lock = threading.Lock()


def spoken(text, voice, language, speed):
    """(16-bit mono samples, rate in Hz, [(first character, start in seconds) a word])."""
    global _engine
    with _engine_lock:
        _engine = _engine or Espeak()
    if _engine.library is None:
        return tones(text, speed)
    digest = hashlib.sha256(voice.encode()).digest()
    variant = f"+{'fm'[digest[0] % 2]}{1 + digest[1] % 4}"
    rate = max(80, min(450, round(WORDS_PER_MINUTE * speed)))
    samples, rate_hz, words = _engine.speak(text, language + variant, 30 + digest[2] % 40, rate)
    return samples, rate_hz, sorted(set(words))


def tones(text, speed, rate_hz=22050):
    """A hum a word, as long as a word takes, with a breath after it."""
    pieces, words, at = [], [], 0.0
    for word in re.finditer(r"\S+", text):
        words.append((word.start(), at))
        seconds = (0.08 + 0.05 * len(word[0])) / speed
        t = np.arange(int(seconds * rate_hz)) / rate_hz
        hum = 8000 * np.sin(2 * np.pi * (110 + 7 * len(word[0])) * t) * np.sin(np.pi * t / seconds)
        pieces += [hum.astype("<i2"), np.zeros(int(0.06 / speed * rate_hz), "<i2")]
        at = sum(len(piece) for piece in pieces) / rate_hz
    return np.concatenate(pieces) if pieces else np.zeros(0, "<i2"), rate_hz, words
