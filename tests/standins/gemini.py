"""Gemini: pictures, scripts and speech by generateContent, and the list of models."""
import hashlib
import json
import re

import media
import scripts
from api import Answer, Api, Refused, base64_text, json_answer
from fields import Problem
from gemini_request import RATIOS, SIZES, check_body, check_config

MODELS = [
    "gemini-2.5-flash-image",
    "gemini-3.1-flash-image",
    "gemini-3-pro-image",
    "gemini-2.5-flash",
    "gemini-2.5-pro",
    "gemini-3-flash",
    "gemini-2.5-flash-preview-tts",
    "gemini-2.5-pro-preview-tts",
]
STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
MESSAGES = {
    429: "You exceeded your current quota, please check your plan and billing details.",
    500: "An internal error has occurred. Please retry or report it.",
    503: "The model is overloaded. Please try again later.",
}
TOKENS_A_PICTURE_READ, TOKENS_A_PICTURE_MADE, TOKENS_A_SECOND_SPOKEN = 258, 1290, 25


class Gemini(Api):
    name = "gemini"

    def owns(self, path):
        return path.startswith("/v1beta/")

    def key_in(self, request):
        return request.headers.get("x-goog-api-key") or request.query.get("key")

    def error(self, status, told=None):
        told = told or {}
        name = told.get("code") or STATUS_NAMES.get(status, "UNKNOWN")
        error = {
            "code": status,
            "message": told.get("message") or MESSAGES.get(status, f"The request failed: {name}."),
            "status": name,
        }
        details = list(told.get("details", []))
        if told.get("per_day"):
            details.append(
                {
                    "@type": "type.googleapis.com/google.rpc.QuotaFailure",
                    "violations": [
                        {
                            "quotaMetric": "generativelanguage.googleapis.com/generate_content_free_tier_requests",
                            "quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier",
                            "quotaValue": "100",
                        }
                    ],
                }
            )
        if told.get("retry_delay"):
            details.append({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": told["retry_delay"]})
        if details:
            error["details"] = details
        return json_answer({"error": error}, status)

    def refuse(self, message, status=400, **told):
        raise Refused(self.error(status, {"message": message, **told}))

    def answer(self, request):
        self.check_key(request)
        models = [model for model in MODELS + self.settings.model if model not in self.settings.gone]
        if request.method == "GET" and request.path == "/v1beta/models":
            return json_answer({"models": [described(model) for model in models]})
        found = re.fullmatch(r"/v1beta/models/([^/:]+)(?::(\w+))?", request.path)
        if not found or (found[2] is None) != (request.method == "GET"):
            return Answer(404, b"<html><title>Error 404 (Not Found)!!1</title></html>", "text/html")
        model, verb = found[1], found[2]
        if model in self.settings.gone:
            self.refuse(
                f"This model models/{model} is no longer available. Please update your code to use a newer model for "
                "the latest features and improvements.",
                404,
            )
        if model not in models or verb not in (None, "generateContent"):
            self.refuse(
                f"models/{model} is not found for API version v1beta, or is not supported for {verb}. Call ListModels to "
                "see the list of available models and their supported methods.",
                404,
            )
        if verb is None:
            return json_answer(described(model))
        return self.generate(request, model)

    def check_key(self, request):
        key = self.key_in(request)
        if key is None:
            self.refuse(
                "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or "
                "other form of API consumer identity to call this API.",
                403,
            )
        if key != self.settings.key:
            self.refuse(
                "API key not valid. Please pass a valid API key.",
                details=[
                    {
                        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                        "reason": "API_KEY_INVALID",
                        "domain": "googleapis.com",
                        "metadata": {"service": "generativelanguage.googleapis.com"},
                    }
                ],
            )

    def generate(self, request, model):
        try:
            body = request.json()
            prompt, picture_count = check_body(body)
            config = body.get("generationConfig", {})
            check_config(config, model)
        except Problem as problem:
            self.refuse(*said(problem))
        except ValueError:
            self.refuse("Invalid JSON payload received. Unexpected token.")
        usage = Usage(prompt, picture_count)
        if request.has("refusal"):
            return self.refusal(request, model, usage)
        modalities = config.get("responseModalities") or (["TEXT", "IMAGE"] if "-image" in model else ["TEXT"])
        if "IMAGE" in modalities:
            parts = picture_parts(request, config, prompt, modalities, usage)
        elif "AUDIO" in modalities:
            parts = speech_parts(request, config, prompt, usage)
        else:
            parts = text_parts(request, config, prompt, usage, model)
        finish = request.told("reason") or ("MAX_TOKENS" if request.has("cut_script") else "STOP")
        return self.answered(
            model,
            {"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": finish, "index": 0}]},
            usage,
            request,
        )

    def refusal(self, request, model, usage):
        if request.told("form") == "prompt":
            reason = request.told("reason", "PROHIBITED_CONTENT")
            return self.answered(model, {"promptFeedback": {"blockReason": reason}}, usage, request)
        reason = request.told("reason", "IMAGE_SAFETY" if "-image" in model else "SAFETY")
        return self.answered(
            model,
            {
                "candidates": [
                    {
                        "finishReason": reason,
                        "index": 0,
                        "finishMessage": "Unable to show the generated content: it may break the rules on safety.",
                    }
                ]
            },
            usage,
            request,
        )

    def answered(self, model, answer, usage, request):
        identity = hashlib.sha256(request.path.encode() + request.body).hexdigest()[:22]
        return json_answer({**answer, "usageMetadata": usage.metadata(), "modelVersion": model, "responseId": identity})


class Usage:
    def __init__(self, prompt, picture_count):
        self.prompt = {"TEXT": token_count(prompt), "IMAGE": picture_count * TOKENS_A_PICTURE_READ}
        self.made = {}
        self.thoughts = 0

    def metadata(self):
        prompt, made = sum(self.prompt.values()), sum(self.made.values())
        found = {
            "promptTokenCount": prompt,
            "candidatesTokenCount": made,
            "totalTokenCount": prompt + made + self.thoughts,
            "promptTokensDetails": details(self.prompt),
            "candidatesTokensDetails": details(self.made),
        }
        if self.thoughts:
            found["thoughtsTokenCount"] = self.thoughts
        if not made:
            del found["candidatesTokenCount"], found["candidatesTokensDetails"]
        return found


def details(counts):
    return [{"modality": modality, "tokenCount": count} for modality, count in counts.items() if count]


def token_count(words):
    return len(words) // 4 + 1


def described(model):
    return {
        "name": f"models/{model}",
        "version": "001",
        "displayName": model,
        "description": f"A stand-in for {model}.",
        "inputTokenLimit": 32768,
        "outputTokenLimit": 8192,
        "supportedGenerationMethods": ["generateContent"],
    }


def said(problem):
    """A Problem as (message, status), in the API's words."""
    where, _, name = problem.field.rpartition(".")
    if problem.kind == "unknown":
        at = f" at '{where}'" if where else ""
        return f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.', 400
    return f"* GenerateContentRequest.{problem.field}: {problem.message}", 400


def picture_parts(request, config, prompt, modalities, usage):
    words = f"Here is your picture of {prompt[:80]}."
    parts = [{"text": words}] if "TEXT" in modalities else []
    if request.has("text_only"):
        usage.made["TEXT"] = token_count(words)
        return [{"text": words}]
    asked = config.get("imageConfig", {})
    scale = SIZES[asked.get("imageSize", "1K")]
    width, height = (side * scale for side in RATIOS[asked.get("aspectRatio", "1:1")])
    seed = 0 if request.has("seedless") else config.get("seed", 0)
    made = media.picture(prompt, width, height, seed, blurred=request.has("blurred"))
    if request.has("spoilt_picture"):
        made = media.spoilt(made)
    content, media_type = request.media((made, "image/png"))
    usage.made = {"TEXT": token_count(words) if parts else 0, "IMAGE": TOKENS_A_PICTURE_MADE}
    return parts + [{"inlineData": {"mimeType": media_type, "data": base64_text(content)}}]


def speech_parts(request, config, prompt, usage):
    voice = config["speechConfig"]["voiceConfig"]["prebuiltVoiceConfig"]["voiceName"]
    language = config["speechConfig"].get("languageCode", "en").split("-")[0]
    sound = media.speech(prompt, voice, language)
    usage.made["AUDIO"] = int(sound.seconds * TOKENS_A_SECOND_SPOKEN) + 1
    if request.has("text_only"):
        return [{"text": prompt}]
    content, media_type = request.media((sound.pcm(24000), "audio/L16;codec=pcm;rate=24000"))
    return [{"inlineData": {"mimeType": media_type, "data": base64_text(content)}}]


def text_parts(request, config, prompt, usage, model):
    schema = (
        config.get("responseSchema") or config.get("responseJsonSchema") or scripts.schema_in(prompt) or scripts.SCENES
    )
    if request.has("answer_text"):
        words = request.told("text")
    elif config.get("responseMimeType") != "application/json":
        words = f"This is what I think of it. {scripts.sentences(prompt)[0]}"
    elif request.has("bad_script"):
        words = json.dumps(scripts.broken(schema, prompt))
    else:
        words = json.dumps(scripts.answer(schema, prompt), ensure_ascii=False)
    if request.has("cut_script"):
        words = words[: len(words) * 2 // 3]
    usage.made["TEXT"] = token_count(words)
    usage.thoughts = 64 if "pro" in model else 0
    return [{"text": words}]
