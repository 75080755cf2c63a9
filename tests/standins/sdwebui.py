"""Stable Diffusion WebUI: txt2img and img2img, their progress and end, and the models and samplers."""
import base64
import json
import random
import threading
import time

import media
from fields import Problem, boolean, fields, listing, mapping, number, text, whole
from api import Api, Refused, base64_text, json_answer

SAMPLERS = ["DPM++ 2M", "DPM++ SDE", "Euler a", "Euler", "DDIM", "UniPC"]
MODEL, MODEL_HASH = "sd_xl_base_1.0", "31e35c80fc"
# Fields that it does not know it passes over, as it does.
TXT2IMG = {
    "prompt": text(),
    "negative_prompt": text(),
    "styles": listing,
    "seed": whole(-1, 2**32 - 1),
    "subseed": whole(),
    "subseed_strength": number(),
    "sampler_name": text(),
    "sampler_index": text(),
    "scheduler": text(),
    "batch_size": whole(1, 8),
    "n_iter": whole(1, 100),
    "steps": whole(1, 150),
    "cfg_scale": number(0, 30),
    "width": whole(64, 4096),
    "height": whole(64, 4096),
    "restore_faces": boolean,
    "tiling": boolean,
    "override_settings": mapping,
    "override_settings_restore_afterwards": boolean,
    "enable_hr": boolean,
    "denoising_strength": number(0, 1),
    "send_images": boolean,
    "save_images": boolean,
    "alwayson_scripts": mapping,
}
IMG2IMG = {**TXT2IMG, "init_images": listing, "mask": text(), "resize_mode": whole(0, 3), "include_init_images": boolean}


class SdWebUi(Api):
    name = "sdwebui"

    def __init__(self, settings):
        super().__init__(settings)
        self.queue = threading.Lock()  # it makes one picture at a time
        self.interrupted = threading.Event()
        self.work = None  # (start, seconds, steps) of the picture in the making

    def owns(self, path):
        return path.startswith("/sdapi/v1/")

    def key_in(self, request):
        """User and password, where it asks for them at all."""
        scheme, _, told = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Basic":
            return None
        try:
            return base64.b64decode(told).decode()
        except ValueError:
            return ""

    def expected_key(self):
        return self.settings.basic

    def error(self, status, told=None):
        return json_answer(
            {
                "detail": (told or {}).get("message")
                or {500: "Internal Server Error", 503: "Service Unavailable"}.get(status, "The request failed.")
            },
            status,
        )

    def refuse(self, status, detail, headers=None):
        raise Refused(json_answer({"detail": detail}, status, headers))

    def answer(self, request):
        if self.settings.basic and self.key_in(request) != self.settings.basic:
            self.refuse(
                401,
                "Not authenticated" if self.key_in(request) is None else "Incorrect username or password",
                {"WWW-Authenticate": "Basic"},
            )
        paths = {
            "/sdapi/v1/txt2img": ("POST", self.txt2img),
            "/sdapi/v1/img2img": ("POST", self.img2img),
            "/sdapi/v1/progress": ("GET", self.progress),
            "/sdapi/v1/interrupt": ("POST", self.interrupt),
            "/sdapi/v1/sd-models": ("GET", self.models),
            "/sdapi/v1/samplers": ("GET", self.samplers),
        }
        if request.path not in paths:
            self.refuse(404, "Not Found")
        method, does = paths[request.path]
        if request.method != method:
            self.refuse(405, "Method Not Allowed")
        return does(request)

    def models(self, _request):
        return json_answer(
            [
                {
                    "title": f"{MODEL}.safetensors [{MODEL_HASH}]",
                    "model_name": MODEL,
                    "hash": MODEL_HASH,
                    "sha256": None,
                    "filename": f"/models/{MODEL}.safetensors",
                    "config": None,
                }
            ]
        )

    def samplers(self, _request):
        return json_answer([{"name": name, "aliases": [], "options": {}} for name in SAMPLERS])

    def progress(self, _request):
        work = self.work
        share = min(0.99, (time.monotonic() - work[0]) / work[1]) if work and work[1] > 0 else 0.0
        return json_answer(
            {
                "progress": share,
                "eta_relative": work[1] * (1 - share) if work else 0.0,
                "state": {
                    "skipped": False,
                    "interrupted": self.interrupted.is_set(),
                    "stopping_generation": False,
                    "job": "txt2img" if work else "",
                    "job_count": 1 if work else 0,
                    "job_timestamp": "20261101120000",
                    "job_no": 0,
                    "sampling_step": int(share * work[2]) if work else 0,
                    "sampling_steps": work[2] if work else 0,
                },
                "current_image": None,
                "textinfo": None,
            }
        )

    def interrupt(self, _request):
        self.interrupted.set()
        return json_answer({})

    def txt2img(self, request):
        return self.make(request, self.body(request, TXT2IMG))

    def img2img(self, request):
        body = self.body(request, IMG2IMG)
        try:
            for image in body.get("init_images") or self.refuse(404, "Init image not found"):
                media.picture_type(base64.b64decode(image.partition("base64,")[2] or image, validate=True))
        except (AttributeError, TypeError, ValueError):
            self.refuse(500, "Invalid encoded image")
        return self.make(request, body)

    def make(self, request, body):
        sampler = body.get("sampler_name") or body.get("sampler_index") or SAMPLERS[0]
        if sampler not in SAMPLERS:
            self.refuse(404, "Sampler not found")
        steps = body.get("steps", 50)
        with self.queue:
            self.interrupted.clear()
            self.work = (time.monotonic(), self.settings.work_s, steps)
            self.interrupted.wait(self.settings.work_s)  # an interrupted picture is answered as far as it came
            self.work = None
        return self.pictures(request, body, sampler, steps)

    def pictures(self, request, body, sampler, steps):
        # It rounds sides down to what its latents can have.
        width, height = body.get("width", 512) // 8 * 8, body.get("height", 512) // 8 * 8
        prompt, seed = body.get("prompt", ""), body.get("seed", -1)
        seed = random.randrange(2**32) if seed == -1 else seed
        seeds = [(seed + index) % 2**32 for index in range(body.get("batch_size", 1) * body.get("n_iter", 1))]
        texts = [
            f"{prompt}\nNegative prompt: {body.get('negative_prompt', '')}\nSteps: {steps}, Sampler: {sampler}, CFG scale: "
            f"{body.get('cfg_scale', 7.0)}, Seed: {one}, Size: {width}x{height}, Model hash: {MODEL_HASH}, Model: {MODEL}"
            for one in seeds
        ]
        images = [
            base64_text(request.media((media.picture(prompt, width, height, one, note=note), "image/png"))[0])
            for one, note in zip(seeds, texts)
        ]
        if request.has("data_prefix"):
            images = ["data:image/png;base64," + image for image in images]
        info = {
            "prompt": prompt,
            "all_prompts": [prompt] * len(seeds),
            "negative_prompt": body.get("negative_prompt", ""),
            "seed": seeds[0],
            "all_seeds": seeds,
            "subseed": 1,
            "width": width,
            "height": height,
            "sampler_name": sampler,
            "cfg_scale": body.get("cfg_scale", 7.0),
            "steps": steps,
            "batch_size": body.get("batch_size", 1),
            "sd_model_name": MODEL,
            "sd_model_hash": MODEL_HASH,
            "infotexts": texts,
            "job_timestamp": "20261101120000",
        }
        return json_answer({"images": images, "parameters": body, "info": json.dumps(info)})

    def body(self, request, table):
        try:
            body = request.json()
            fields(body, table, others_too=True)
        except Problem as problem:
            self.refuse(
                422, [{"loc": ["body", problem.field], "msg": problem.message, "type": f"value_error.{problem.kind}"}]
            )
        except ValueError:
            self.refuse(422, [{"loc": ["body", 0], "msg": "Expecting value", "type": "value_error.jsondecode"}])
        return body
