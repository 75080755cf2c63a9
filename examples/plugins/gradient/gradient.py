#!/usr/bin/python3
"""A provider of pictures in Python: gradients. Needs python3-pil beside what the package reeld needs."""
import colorsys
import hashlib

from PIL import Image, ImageOps
from reeld import plugin


def colour(words: str) -> tuple[int, int, int]:
    """A clear colour that any change of the words changes."""
    hue, lightness = hashlib.sha256(words.encode()).digest()[:2]
    red, green, blue = colorsys.hls_to_rgb(hue / 256, 0.3 + 0.4 * lightness / 256, 0.7)
    return round(255 * red), round(255 * green), round(255 * blue)


@plugin.picture
def make(wish, scratch, progress, cancelled):
    ramps = {"linear": Image.linear_gradient, "radial": Image.radial_gradient}
    if wish["model"] not in ramps:
        raise plugin.Error("model_unavailable", f"there are {' and '.join(ramps)}", "/model")
    deliveries = []
    for number in range(wish["count"]):
        if cancelled():
            break
        seed = wish["seed"] + number
        ramp = ramps[wish["model"]]("L").resize((wish["width"], wish["height"]), Image.Resampling.BICUBIC)
        picture = ImageOps.colorize(ramp, colour(f"{wish['prompt']} {seed} from"), colour(f"{wish['prompt']} {seed} to"))
        picture.save(scratch / f"{number}.png")
        deliveries.append(plugin.Delivery(f"{number}.png", "image/png", model=wish["model"], seed=seed, cost_usd=0))
        progress((number + 1) / wish["count"])
    return deliveries


plugin.run(limits={"max_side": 8192})
