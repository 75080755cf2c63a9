"""Gemini: pictures, scripts and speech by generateContent, and the list of models."""
import base64
import binascii
import hashlib
import json
import re

import media
import scripts
from fields import Problem, anything, boolean, fields, listing, mapping, number, one_of, text, whole
from server import Answer, Api, Refused, base64_text, json_answer

MODELS = ["gemini-2.5-flash-image", "gemini-3.1-flash-image", "gemini-3-pro-image", "gemini-2.5-flash", "gemini-2.5-pro",
          "gemini-3-flash", "gemini-2.5-flash-preview-tts", "gemini-2.5-pro-preview-tts"]
RATIOS = {"1:1": (1024, 1024), "2:3": (832, 1248), "3:2": (1248, 832), "3:4": (864, 1184), "4:3": (1184, 864),
          "9:16": (768, 1344), "16:9": (1344, 768), "21:9": (1536, 672)}
SIZES = {"1K": 1, "2K": 2, "4K": 4}
VOICES = ("Zephyr Puck Charon Kore Fenrir Leda Orus Aoede Callirrhoe Autonoe Enceladus Iapetus Umbriel Algieba Despina Erinome "
          "Algenib Rasalgethi Laomedeia Achernar Alnilam Schedar Gacrux Pulcherrima Achird Zubenelgenubi Vindemiatrix "
          "Sadachbia Sadaltager Sulafat").split()
STATUS_NAMES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
                408: "DEADLINE_EXCEEDED", 429: "RESOURCE_EXHAUSTED", 499: "CANCELLED", 500: "INTERNAL", 501: "UNIMPLEMENTED",
                503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}
MESSAGES = {429: "You exceeded your current quota, please check your plan and billing details.",
            500: "An internal error has occurred. Please retry or report it.",
            503: "The model is overloaded. Please try again later."}
TOKENS_A_PICTURE_READ, TOKENS_A_PICTURE_MADE, TOKENS_A_SECOND_SPOKEN = 258, 1290, 25

SCHEMA_FIELDS = ("type format title description nullable enum maxItems minItems properties required minProperties maxProperties "
                 "minLength maxLength pattern example anyOf propertyOrdering default items minimum maximum").split()
GENERATION = {"temperature": number(0, 2), "topP": number(0, 1), "topK": whole(1), "candidateCount": whole(1, 8),
              "maxOutputTokens": whole(1), "stopSequences": listing, "presencePenalty": number(-2, 2),
              "frequencyPenalty": number(-2, 2), "seed": whole(-2**31, 2**31 - 1), "responseMimeType":
              one_of("text/plain", "application/json", "text/x.enum"), "responseSchema": mapping, "responseJsonSchema": anything,
              "responseModalities": listing, "speechConfig": mapping, "imageConfig": mapping, "thinkingConfig": mapping,
              "mediaResolution": text()}


class Gemini(Api):
    name = "gemini"

    def owns(self, path):
        return path.startswith("/v1beta/")

    def key_in(self, request):
        return request.headers.get("x-goog-api-key") or request.query.get("key")

    def error(self, status, told=None):
        told = told or {}
        name = told.get("code") or STATUS_NAMES.get(status, "UNKNOWN")
        error = {"code": status, "message": told.get("message") or MESSAGES.get(status, f"The request failed: {name}."),
                 "status": name}
        details = list(told.get("details", []))
        if told.get("per_day"):
            details.append({"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{
                "quotaMetric": "generativelanguage.googleapis.com/generate_content_free_tier_requests",
                "quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier", "quotaValue": "100"}]})
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
            self.refuse(f"This model models/{model} is no longer available. Please update your code to use a newer model for "
                        "the latest features and improvements.", 404)
        if model not in models or verb not in (None, "generateContent"):
            self.refuse(f"models/{model} is not found for API version v1beta, or is not supported for {verb}. Call ListModels to "
                        "see the list of available models and their supported methods.", 404)
        if verb is None:
            return json_answer(described(model))
        return self.generate(request, model)

    def check_key(self, request):
        key = self.key_in(request)
        if key is None:
            self.refuse("Method doesn't allow unregistered callers (callers without established identity). Please use API Key or "
                        "other form of API consumer identity to call this API.", 403)
        if key != self.settings.key:
            self.refuse("API key not valid. Please pass a valid API key.", details=[{
                "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com",
                "metadata": {"service": "generativelanguage.googleapis.com"}}])

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
        return self.answered(model, {"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": finish,
                                                     "index": 0}]}, usage, request)

    def refusal(self, request, model, usage):
        if request.told("form") == "prompt":
            reason = request.told("reason", "PROHIBITED_CONTENT")
            return self.answered(model, {"promptFeedback": {"blockReason": reason}}, usage, request)
        reason = request.told("reason", "IMAGE_SAFETY" if "-image" in model else "SAFETY")
        return self.answered(model, {"candidates": [{"finishReason": reason, "index": 0, "finishMessage":
                             "Unable to show the generated content: it may break the rules on safety."}]}, usage, request)

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
        found = {"promptTokenCount": prompt, "candidatesTokenCount": made, "totalTokenCount": prompt + made + self.thoughts,
                 "promptTokensDetails": details(self.prompt), "candidatesTokensDetails": details(self.made)}
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
    return {"name": f"models/{model}", "version": "001", "displayName": model, "description": f"A stand-in for {model}.",
            "inputTokenLimit": 32768, "outputTokenLimit": 8192, "supportedGenerationMethods": ["generateContent"]}


def said(problem):
    """A Problem as (message, status), in the API's words."""
    where, _, name = problem.field.rpartition(".")
    if problem.kind == "unknown":
        at = f" at '{where}'" if where else ""
        return f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.', 400
    return f"* GenerateContentRequest.{problem.field}: {problem.message}", 400


# The request.

def check_body(body):
    """The text of the request's parts and how many pictures are with it."""
    fields(body, {"contents": listing, "systemInstruction": mapping, "generationConfig": mapping, "safetySettings": listing,
                  "tools": listing, "toolConfig": mapping, "cachedContent": text(1)}, required=["contents"])
    if not body["contents"]:
        raise Problem("contents", "range", "contents is not specified")
    words, picture_count = "", 0
    for index, content in enumerate(body["contents"]):
        where = f"contents[{index}]"
        fields(content, {"role": one_of("user", "model"), "parts": listing}, where=where)
        if not content.get("parts"):
            raise Problem(f"{where}.parts", "missing", "contents.parts must not be empty.")
        for number_in, part in enumerate(content["parts"]):
            picture_count += check_part(part, f"{where}.parts[{number_in}]")
        words = "\n".join(part["text"] for part in content["parts"] if "text" in part) or words
    for part in body.get("systemInstruction", {}).get("parts", []):
        check_part(part, "systemInstruction.parts")
    return words, picture_count


def check_part(part, where):
    """How many pictures the part holds: it decodes, and is of the type that it says."""
    fields(part, {"text": text(), "inlineData": mapping}, where=where)
    if len(part) != 1:
        raise Problem(where, "missing", "required oneof field 'data' must have one initialized field")
    if "text" in part:
        return 0
    fields(part["inlineData"], {"mimeType": one_of(*media.PICTURE_TYPES), "data": text(1)}, ["mimeType", "data"],
           f"{where}.inlineData")
    try:
        found = media.picture_type(base64.b64decode(part["inlineData"]["data"], validate=True))
    except (ValueError, binascii.Error) as wrong:
        raise Problem(where, "type", "Unable to process input image.") from wrong
    if found != part["inlineData"]["mimeType"]:
        raise Problem(where, "type", f"Provided image is not valid: it is {found}.")
    return 1


def check_config(config, model):
    fields(config, GENERATION, where="generationConfig")
    allowed = {"TEXT", "IMAGE"} if "-image" in model else {"AUDIO"} if "tts" in model else {"TEXT"}
    asked = config.get("responseModalities", [])
    if not set(asked) <= {"TEXT", "IMAGE", "AUDIO"}:
        raise Problem("generationConfig.responseModalities", "choice", f"{asked} is not a list of modalities")
    if not set(asked) <= allowed or ("AUDIO" in allowed and not asked):
        raise Problem("generationConfig.responseModalities", "choice", "The requested combination of response modalities "
                      f"({', '.join(asked) or 'TEXT'}) is not supported by the model. models/{model} accepts: "
                      f"{', '.join(sorted(allowed))}")
    if "imageConfig" in config:
        sizes = SIZES if model.startswith("gemini-3") else {}
        if "IMAGE" not in allowed or ("imageSize" in config["imageConfig"] and not sizes):
            raise Problem("generationConfig.imageConfig", "choice", f"imageConfig or its imageSize is not supported by {model}")
        fields(config["imageConfig"], {"aspectRatio": one_of(*RATIOS), "imageSize": one_of(*SIZES)},
               where="generationConfig.imageConfig")
    if "responseSchema" in config or "responseJsonSchema" in config:
        if config.get("responseMimeType") != "application/json":
            raise Problem("generationConfig.response_schema", "choice", "only allowed when response_mime_type is application/json")
    if "responseSchema" in config:
        check_schema(config["responseSchema"], "generationConfig.responseSchema")
    if "AUDIO" in allowed:
        where = "generationConfig.speechConfig"
        fields(config.get("speechConfig", {}), {"voiceConfig": mapping, "languageCode": text(2)}, ["voiceConfig"], where)
        where += ".voiceConfig"
        fields(config["speechConfig"]["voiceConfig"], {"prebuiltVoiceConfig": mapping}, ["prebuiltVoiceConfig"], where)
        fields(config["speechConfig"]["voiceConfig"]["prebuiltVoiceConfig"], {"voiceName": one_of(*VOICES)}, ["voiceName"],
               where + ".prebuiltVoiceConfig")
    elif "speechConfig" in config:
        raise Problem("generationConfig.speechConfig", "choice", f"speech is not supported by {model}")


def check_schema(schema, where):
    fields(schema, {name: anything for name in SCHEMA_FIELDS}, where=where)
    if "anyOf" not in schema:
        kinds = "STRING NUMBER INTEGER BOOLEAN ARRAY OBJECT NULL".split()
        fields(schema, {"type": one_of(*kinds, *map(str.lower, kinds))}, ["type"], where, others_too=True)
        if schema["type"].upper() == "OBJECT" and not schema.get("properties"):
            raise Problem(f"{where}.properties", "missing", "should be non-empty for OBJECT type")
        if schema["type"].upper() == "ARRAY" and "items" not in schema:
            raise Problem(f"{where}.items", "missing", "missing field.")
    for name in schema.get("required", []):
        if name not in schema.get("properties", {}):
            raise Problem(f"{where}.required", "choice", f"{name}: property is not defined")
    boolean(f"{where}.nullable", schema.get("nullable", False))
    for name, inner in schema.get("properties", {}).items():
        check_schema(inner, f"{where}.properties[{name}]")
    if "items" in schema:
        check_schema(schema["items"], f"{where}.items")
    for inner in schema.get("anyOf", []):
        check_schema(inner, f"{where}.any_of")


# The answer.

def picture_parts(request, config, prompt, modalities, usage):
    words = f"Here is your picture of {prompt[:80]}."
    parts = [{"text": words}] if "TEXT" in modalities else []
    if request.has("text_only"):
        usage.made["TEXT"] = token_count(words)
        return [{"text": words}]
    asked = config.get("imageConfig", {})
    scale = SIZES[asked.get("imageSize", "1K")]
    width, height = (side * scale for side in RATIOS[asked.get("aspectRatio", "1:1")])
    content, media_type = request.media((media.picture(prompt, width, height, config.get("seed", 0)), "image/png"))
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
    schema = config.get("responseSchema") or config.get("responseJsonSchema") or scripts.schema_in(prompt) or scripts.SCENES
    if request.has("answer_text"):
        words = request.told("text")
    elif config.get("responseMimeType") != "application/json":
        words = f"This is what I think of it. {scripts.sentences(prompt)[0]}"
    elif request.has("bad_script"):
        words = json.dumps(scripts.broken(schema, prompt))
    else:
        words = json.dumps(scripts.answer(schema, prompt), ensure_ascii=False)
    if request.has("cut_script"):
        words = words[:len(words) * 2 // 3]
    usage.made["TEXT"] = token_count(words)
    usage.thoughts = 64 if "pro" in model else 0
    return [{"text": words}]
