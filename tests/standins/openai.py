"""OpenAI and the servers that speak as it does: pictures, edits, speech, chat, and the list of models."""
import hashlib
import re
import time

import media
from api import Answer, Api, Refused, base64_text, json_answer
from fields import Problem, fields, number, one_of, text, whole
from openai_chat import chat

MODELS = [
    "gpt-image-1",
    "gpt-image-1-mini",
    "gpt-image-1.5",
    "dall-e-2",
    "dall-e-3",
    "gpt-4o-mini-tts",
    "tts-1",
    "tts-1-hd",
    "gpt-4o-mini",
    "gpt-4.1-mini",
    "gpt-5-mini",
    "stablediffusion",
    "kokoro",
    "llama-3.2-3b-instruct",
]
VOICES = "alloy ash ballad cedar coral echo fable marin nova onyx sage shimmer verse".split()
TYPES = {401: "invalid_request_error", 403: "invalid_request_error", 404: "invalid_request_error", 429: "requests"}
CODES = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}
MESSAGES = {
    429: "Rate limit reached for requests. Please try again later.",
    500: "The server had an error while processing your request. Sorry about that!",
    503: "The engine is currently overloaded, please try again later.",
}
PATHS = {
    "/v1/models": "GET",
    "/v1/images/generations": "POST",
    "/v1/images/edits": "POST",
    "/v1/audio/speech": "POST",
    "/v1/chat/completions": "POST",
}

IMAGE = {"model": text(1), "prompt": text(1, 32000), "n": whole(1, 10), "user": text()}
GPT_IMAGE = {
    **IMAGE,
    "size": one_of("1024x1024", "1536x1024", "1024x1536", "auto"),
    "quality": one_of("low", "medium", "high", "auto"),
    "output_format": one_of("png", "jpeg", "webp"),
    "output_compression": whole(0, 100),
    "background": one_of("transparent", "opaque", "auto"),
}
DALL_E_3 = {
    **IMAGE,
    "prompt": text(1, 4000),
    "n": whole(1, 1),
    "size": one_of("1024x1024", "1792x1024", "1024x1792"),
    "quality": one_of("standard", "hd"),
    "style": one_of("vivid", "natural"),
    "response_format": one_of("url", "b64_json"),
}
DALL_E_2 = {
    **IMAGE,
    "prompt": text(1, 1000),
    "size": one_of("256x256", "512x512", "1024x1024"),
    "quality": one_of("standard"),
    "response_format": one_of("url", "b64_json"),
}
LOCAL_IMAGE = {**IMAGE, "size": text(3), "response_format": one_of("url", "b64_json")}
SPEECH = {
    "model": text(1),
    "input": text(1, 4096),
    "voice": text(1),
    "response_format": one_of(*media.SOUND_TYPES),
    "speed": number(0.25, 4),
    "instructions": text(),
    "stream_format": one_of("audio"),
}


class OpenAi(Api):
    name = "openai"

    def __init__(self, settings):
        super().__init__(settings)
        self.kept = {}  # pictures that are answered as URLs

    def reset(self):
        self.kept.clear()

    def owns(self, path):
        return path in PATHS or path.startswith("/openai-pictures/")

    def key_in(self, request):
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        return key if scheme == "Bearer" else None

    def error(self, status, told=None):
        told = told or {}
        code = told.get("code", "insufficient_quota" if told.get("per_day") else CODES.get(status))
        message = told.get("message") or MESSAGES.get(status, "The request failed.")
        if code == "insufficient_quota":
            message = (
                told.get("message") or "You exceeded your current quota, please check your plan and billing details."
            )
        error = {
            "message": message,
            "type": told.get("type")
            or (
                "insufficient_quota"
                if code == "insufficient_quota"
                else TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
            ),
            "param": told.get("param"),
            "code": code,
        }
        return json_answer({"error": error}, status)

    def refuse(self, message, status=400, **told):
        raise Refused(self.error(status, {"message": message, "code": None, **told}))

    def answer(self, request):
        if request.path in self.kept and request.method in ("GET", "HEAD"):
            content, media_type = request.media(self.kept[request.path])
            return Answer(200, content, media_type)
        if PATHS.get(request.path) != request.method:
            self.refuse(
                f"Invalid method for URL ({request.method} {request.path})", 405 if request.path in PATHS else 404
            )
        self.check_key(request)
        try:
            answer = {
                "/v1/models": self.models,
                "/v1/images/generations": self.generate,
                "/v1/images/edits": self.edit,
                "/v1/audio/speech": self.speak,
                "/v1/chat/completions": self.chat,
            }[request.path](request)
        except Problem as problem:
            self.refuse(**said(problem))
        answer.headers.update(
            {"x-request-id": "req_" + hashlib.sha256(request.body).hexdigest()[:24], "openai-processing-ms": "12"}
        )
        return answer

    def check_key(self, request):
        key = self.key_in(request)
        if not self.settings.key:
            return  # a local server that asks for none
        if key is None:
            self.refuse(
                "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer "
                "auth (i.e. Authorization: Bearer YOUR_KEY).",
                401,
            )
        if key != self.settings.key:
            self.refuse(
                f"Incorrect API key provided: {key[:2]}***{key[-2:]}. You can find your API key in your settings.",
                401,
                code="invalid_api_key",
            )

    def body(self, request):
        try:
            body = request.json()
        except ValueError:
            self.refuse("We could not parse the JSON body of your request.")
        if not isinstance(body, dict):
            self.refuse("The body of the request must be a JSON object.")
        return body

    def check_model(self, model):
        if model not in MODELS + self.settings.model or model in self.settings.gone:
            self.refuse(
                f"The model `{model}` does not exist or you do not have access to it.", 404, code="model_not_found"
            )

    def models(self, _request):
        served = [model for model in MODELS + self.settings.model if model not in self.settings.gone]
        return json_answer(
            {
                "object": "list",
                "data": [
                    {"id": model, "object": "model", "created": 1700000000, "owned_by": "stand-in"} for model in served
                ],
            }
        )

    def generate(self, request):
        body = self.body(request)
        model = body.get("model", "dall-e-2")
        self.check_model(model)
        table = (
            {**GPT_IMAGE, "moderation": one_of("low", "auto")}
            if gpt_image(model)
            else {"dall-e-2": DALL_E_2, "dall-e-3": DALL_E_3}.get(model, LOCAL_IMAGE)
        )
        fields(body, table, ["prompt"], others_too=table is LOCAL_IMAGE)
        return self.pictures(request, body, model, 0)

    def edit(self, request):
        """multipart/form-data: up to 16 pictures as image or image[], and the fields."""
        try:
            parts = request.parts()
        except ValueError:
            self.refuse("Invalid Content-Type: expected multipart/form-data.", code="unsupported_content_type")
        images = [part for part in parts if part.name in ("image", "image[]")]
        if not images:
            raise Problem("image", "missing", "'image' is required")
        if len(images) > 16:
            raise Problem("image", "range", "too many pictures: 16 at most")
        for part in images + [part for part in parts if part.name == "mask"]:
            self.check_picture(part)
        body = {part.name: part.body.decode() for part in parts if part.name not in ("image", "image[]", "mask")}
        for name in ("n", "output_compression"):
            if re.fullmatch(r"\d+", body.get(name, "")):
                body[name] = int(body[name])
        model = body.get("model", "dall-e-2")
        self.check_model(model)
        table = (
            {**GPT_IMAGE, "input_fidelity": one_of("high", "low")}
            if gpt_image(model)
            else {"dall-e-2": DALL_E_2}.get(model, LOCAL_IMAGE)
        )
        fields(body, table, ["prompt"], others_too=table is LOCAL_IMAGE)
        return self.pictures(request, body, model, len(images))

    def check_picture(self, part):
        try:
            found = media.picture_type(part.body)
        except ValueError:
            self.refuse(
                "Invalid image file or mode for image, please check your image file.",
                code="invalid_image_file",
                param=part.name,
            )
        if part.content_type != found or part.filename is None:
            self.refuse(
                f"Invalid file '{part.name}': unsupported mimetype ('{part.content_type}'). Supported file formats are "
                "'image/jpeg', 'image/png', and 'image/webp'.",
                code="unsupported_file_mimetype",
                param=part.name,
            )

    def pictures(self, request, body, model, reference_count):
        if request.has("refusal"):
            self.refuse(
                "Your request was rejected by the safety system. If you believe this is an error, contact us at "
                "help.openai.com.",
                type="image_generation_user_error",
                code="moderation_blocked",
            )
        size = body.get("size", "auto")
        size = "1024x1024" if size == "auto" else size
        found = re.fullmatch(r"(\d{1,4})x(\d{1,4})", size)
        if not found or not 16 <= int(found[1]) <= 4096 or not 16 <= int(found[2]) <= 4096:
            raise Problem("size", "choice", f"Invalid size {size!r}")
        form = body.get("output_format", "png")
        as_url = not gpt_image(model) and body.get("response_format", "url") == "url"
        data = []
        for index in range(body.get("n", 1)):
            content = media.picture(
                body["prompt"], int(found[1]), int(found[2]), body.get("seed", 0) + index, f"image/{form}"
            )
            if as_url:
                path = f"/openai-pictures/{hashlib.sha256(content).hexdigest()[:16]}.{form}"
                self.kept[path] = (content, f"image/{form}")
                data.append({"url": request.base_url + path})
            else:
                data.append({"b64_json": base64_text(request.media((content, ""))[0])})
            if model == "dall-e-3":
                data[-1]["revised_prompt"] = f"A detailed picture: {body['prompt'][:200]}"
        answer = {"created": int(time.time()), "data": data}
        if gpt_image(model):
            tokens = {"text_tokens": len(body["prompt"]) // 4 + 1, "image_tokens": 323 * reference_count}
            made = {"low": 272, "medium": 1056}.get(body.get("quality"), 4160) * len(data)
            answer.update(
                {
                    "background": body.get("background", "opaque"),
                    "output_format": form,
                    "size": size,
                    "quality": body.get("quality", "high"),
                    "usage": {
                        "input_tokens": sum(tokens.values()),
                        "output_tokens": made,
                        "total_tokens": sum(tokens.values()) + made,
                        "input_tokens_details": tokens,
                    },
                }
            )
        return json_answer(answer)

    def speak(self, request):
        body = self.body(request)
        fields(body, {"model": text(1)}, ["model"], others_too=True)
        self.check_model(body["model"])
        local = "tts" not in body["model"]
        fields(
            body,
            SPEECH if local else {**SPEECH, "voice": one_of(*VOICES)},
            ["model", "input", "voice"],
            others_too=local,
        )
        form = body.get("response_format", "mp3")
        sound = media.speech(body["input"], body["voice"], "en", float(body.get("speed", 1.0)))
        content, media_type = request.media((media.encoded(sound, form), media.SOUND_TYPES[form]))
        return Answer(200, content, media_type)

    def chat(self, request):
        body = self.body(request)
        fields(body, {"model": text(1)}, ["model"], others_too=True)
        self.check_model(body["model"])
        return chat(request, body, self.settings.json_object_only)


def gpt_image(model):
    return model.startswith("gpt-image")


def said(problem):
    """A Problem in the API's words."""
    message = {
        "missing": f"Missing required parameter: '{problem.field}'.",
        "unknown": f"Unknown parameter: '{problem.field}'.",
        "unsupported": problem.message,
        "said": problem.message,
    }.get(problem.kind, f"Invalid value: {problem.message}.")
    codes = {
        "missing": "missing_required_parameter",
        "unknown": "unknown_parameter",
        "unsupported": "unsupported_parameter",
        "said": None,
    }
    return {"message": message, "param": problem.field, "code": codes.get(problem.kind, "invalid_value")}
