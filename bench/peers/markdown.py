"""Writes a report of `run` as a Markdown table, and puts it into a page."""
import math

BEGIN, END = "<!-- peers -->", "<!-- /peers -->"
NOTHING = "–"
DISTURBED = 0.05
HEADS = ("", "wall s", "CPU s", "frames/s", "of encode only", "peak MB", "jitter px RMS", "PSNR dB", "SSIM", "detail")


def table(report: dict) -> str:
    here = [program for program in report["programs"] if program["here"] and "failed" not in program]
    lines = [line(HEADS), line(["---"] + ["---:"] * (len(HEADS) - 1)), *(line(cells(program)) for program in here)]
    return "\n".join([*lines, "", *remarks(report)])


def line(values) -> str:
    return "| " + " | ".join(values) + " |"


def cells(program: dict) -> list[str]:
    title = f"**{program['title']}**" if program["name"] == "reeld" else program["title"]
    times = [number(program, "wall_s", 1), number(program, "cpu_s", 1), number(program, "frames_per_s", 1)]
    rest = [number(program, "of_encode_only", 2), number(program, "peak_mb", 0), number(program, "jitter_px_rms", 4)]
    return [f"{title} {program['version']}", *times, *rest, *closeness(program.get("closeness", []))]


def number(program: dict, key: str, digits: int) -> str:
    return f"{program[key]:.{digits}f}" if key in program else NOTHING


def closeness(frames: list[dict]) -> list[str]:
    if not frames:
        return [NOTHING] * 3
    mean_ssim = sum(frame["ssim"] for frame in frames) / len(frames)
    mean_detail = sum(frame["detail"] for frame in frames) / len(frames)
    return [f"{psnr_of_all(frames):.1f}", f"{mean_ssim:.4f}", f"{mean_detail:.2f}"]


def psnr_of_all(frames: list[dict]) -> float:
    """The PSNR of the frames' mean square error: a mean of decibels would let a good frame hide a bad one."""
    return -10 * math.log10(sum(10 ** (-frame["psnr_db"] / 10) for frame in frames) / len(frames))


def remarks(report: dict) -> list[str]:
    job, machine = report["job"], report["machine"]
    what = f"{job['scenes']} scenes of {job['seconds_per_scene']:g} s, {job['frames']} frames of {job['width']}x{job['height']}"
    how = f"x264 {job['preset']} crf {job['crf']}; medians of {report['rounds']}"
    found = [f"{report['date'][:10]}, {machine['cpu']}, {machine['cores']} cores, {machine['system']}: {what}, {how}.", ""]
    for program in report["programs"]:
        if not program["here"]:
            found.append(f"- {program['title']}: not here: {program['why'].rstrip('.')}.")
        elif "failed" in program:
            found.append(f"- {program['title']} {program['version']}: failed: {program['failed'].splitlines()[-1]}")
        else:
            texts = (program.get("note"), odd_frames(program, job), disturbed(program, machine))
            found += [f"- {program['title']}: {text}." for text in texts if text]
    return found


def odd_frames(program: dict, job: dict) -> str:
    return "" if program["frames"] == job["frames"] else f"made {program['frames']} frames of {job['frames']}"


def disturbed(program: dict, machine: dict) -> str:
    """Above a twentieth of the machine, what else ran meanwhile shows in the times."""
    worst = max(run["other_cpu_s"] / run["wall_s"] / machine["cores"] for run in program["runs"])
    return f"disturbed: other programs took up to {worst:.0%} of the processor meanwhile" if worst > DISTURBED else ""


def replaced(page: str, report: dict) -> str:
    """The page with the table between its two markers."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page lacks the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{table(report)}\n{END}{after}"
