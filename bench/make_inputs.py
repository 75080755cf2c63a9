#!/usr/bin/python3
"""make_inputs.py FOLDER: what the standard jobs are made of, the same pictures and voice as bench/peers has: picture0.jpg ..
picture4.jpg (4032x3024) and voice-21.wav. The same at every run. Needs numpy and PIL (python3-numpy, python3-pil)."""
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "peers"))
from inputs import make_inputs  # noqa: E402

SCENES, SECONDS = 5, 21


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1]).resolve()
    # Made beside it and moved when whole: a run that was stopped leaves nothing that looks finished.
    unfinished = folder.with_name(folder.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    folder.mkdir(exist_ok=True)
    pictures, _, voice = make_inputs(unfinished, SCENES, SECONDS)
    for file in [*pictures, voice]:
        file.rename(folder / file.name)
    shutil.rmtree(unfinished)


main()
