#!/usr/bin/env python3
"""moviepy_film.py FILM.json: makes the job's film with MoviePy 2, the way its documentation shows. FILM.json comes from
programs/moviepy.py."""
import json
import sys

from moviepy import AudioFileClip, CompositeVideoClip, ImageClip, TextClip, vfx

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


def scene(film: dict, index: int) -> CompositeVideoClip:
    size, seconds = (film["width"], film["height"]), film["seconds"]
    last_s = seconds - 1 / film["fps"]
    first, last = film["placed"]

    def placed(t: float) -> list[float]:
        return [a + (b - a) * t / last_s for a, b in zip(first, last)]

    picture = ImageClip(film["pictures"][index]).with_duration(seconds)
    layers = [picture.resized(lambda t: placed(t)[0]).with_position(lambda t: tuple(placed(t)[1:]))]
    if film["texts"]:
        look = {"font_size": 56, "color": "white", "stroke_color": "black", "stroke_width": 3, "margin": (10, 20)}
        text = TextClip(font=FONT, text=film["texts"][index], **look)
        layers.append(text.with_duration(seconds).with_position(("center", film["height"] - 140)))
    return CompositeVideoClip(layers, size=size, bg_color=(0, 0, 0)).with_duration(seconds)


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as script:
        film = json.load(script)
    step = film["seconds"] - film["crossfade"]
    scenes = [scene(film, index).with_start(index * step) for index in range(len(film["pictures"]))]
    faded = scenes[:1] + [later.with_effects([vfx.CrossFadeIn(film["crossfade"])]) for later in scenes[1:]]
    length = (len(scenes) - 1) * step + film["seconds"]
    clip = CompositeVideoClip(faded, size=(film["width"], film["height"]), bg_color=(0, 0, 0)).with_duration(length)
    if film["voice"]:
        clip = clip.with_audio(AudioFileClip(film["voice"]).subclipped(0, length))
    clip.write_videofile(
        film["out"], fps=film["fps"], codec="libx264", preset=film["preset"], audio=bool(film["voice"]), audio_codec="aac",
        audio_bitrate=film["audio_bitrate"], ffmpeg_params=["-crf", str(film["crf"]), "-pix_fmt", "yuv420p"], logger=None,
    )


main()
