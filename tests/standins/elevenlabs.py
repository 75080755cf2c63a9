"""ElevenLabs: speech with the times of its characters, and what an account may ask: user, voices, models."""
import hashlib
import re

import media
from fields import Problem, anything, boolean, fields, mapping, number, one_of, text, whole
from api import Answer, Api, Refused, base64_text, json_answer

VOICES = {
    "21m00Tcm4TlvDq8ikWAM": "Rachel",
    "EXAVITQu4vr4xnSDxMaL": "Sarah",
    "JBFqnCBsd6RMkjVDRZzb": "George",
    "pNInz6obpgDQGcFmaJgB": "Adam",
}
MODELS = {"eleven_multilingual_v2": 10000, "eleven_flash_v2_5": 40000, "eleven_turbo_v2_5": 40000, "eleven_v3": 5000}
STATUSES = {
    401: "invalid_api_key",
    404: "voice_not_found",
    429: "too_many_concurrent_requests",
    500: "internal_server_error",
    503: "system_busy",
}
MESSAGES = {
    "too_many_concurrent_requests": "Too many concurrent requests. Your current subscription is associated with a maximum "
    "of 2 concurrent requests (running in parallel).",
    "system_busy": "We are experiencing high traffic and are not able to process your request. Please try again later.",
    "quota_exceeded": "This request exceeds your quota of 10000. You have 3 credits remaining, while 42 credits are "
    "required for this request.",
}
MP3_FORMATS = {"22050_32", "24000_48", "44100_32", "44100_64", "44100_96", "44100_128", "44100_192"}
PCM_RATES = {"8000", "16000", "22050", "24000", "44100", "48000"}
BODY = {
    "text": text(),
    "model_id": text(1),
    "language_code": text(2, 2),
    "voice_settings": mapping,
    "seed": whole(0, 2**32 - 1),
    "previous_text": text(),
    "next_text": text(),
    "pronunciation_dictionary_locators": anything,
    "previous_request_ids": anything,
    "next_request_ids": anything,
    "apply_text_normalization": one_of("auto", "on", "off"),
}
VOICE_SETTINGS = {
    "stability": number(0, 1),
    "similarity_boost": number(0, 1),
    "style": number(0, 1),
    "speed": number(0.7, 1.2),
    "use_speaker_boost": boolean,
}


class ElevenLabs(Api):
    name = "elevenlabs"

    def owns(self, path):
        return path.startswith("/v1/text-to-speech/") or path in ("/v1/user", "/v1/voices", "/v1/models")

    def key_in(self, request):
        return request.headers.get("xi-api-key")

    def error(self, status, told=None):
        told = told or {}
        name = told.get("code") or ("quota_exceeded" if told.get("per_day") else STATUSES.get(status, "bad_request"))
        return json_answer(
            {"detail": {"status": name, "message": told.get("message") or MESSAGES.get(name, "The request failed.")}},
            status,
        )

    def refuse(self, status, code, message):
        raise Refused(self.error(status, {"code": code, "message": message}))

    def answer(self, request):
        key = self.key_in(request)
        if key is None:
            self.refuse(
                401, "needs_authorization", "Neither authorization header nor xi-api-key received, please provide one."
            )
        if key != self.settings.key:
            self.refuse(401, "invalid_api_key", "Invalid API key")
        if request.method == "GET":
            found = {"/v1/user": self.user, "/v1/voices": self.voices, "/v1/models": self.models}.get(request.path)
            if found:
                return json_answer(found())
        found = re.fullmatch(r"/v1/text-to-speech/([^/]+)(/with-timestamps)?", request.path)
        if request.method != "POST" or not found:
            raise Refused(
                json_answer({"detail": "Method Not Allowed" if found else "Not Found"}, 405 if found else 404)
            )
        return self.speak(request, found[1], with_times=found[2] is not None)

    def user(self):
        return {
            "user_id": "stand-in",
            "subscription": {
                "tier": "free",
                "character_count": 4200,
                "character_limit": 10000,
                "can_extend_character_limit": False,
                "next_character_count_reset_unix": 1900000000,
                "status": "active",
            },
            "is_new_user": False,
        }

    def voices(self):
        return {
            "voices": [
                {
                    "voice_id": voice,
                    "name": name,
                    "category": "premade",
                    "labels": {"language": "en"},
                    "preview_url": None,
                }
                for voice, name in VOICES.items()
            ]
        }

    def models(self):
        return [
            {
                "model_id": model,
                "name": model,
                "can_do_text_to_speech": True,
                "maximum_text_length_per_request": most,
                "languages": [{"language_id": "en", "name": "English"}, {"language_id": "de", "name": "German"}],
            }
            for model, most in self.served().items()
        ]

    def served(self):
        models = {**MODELS, **{model: 10000 for model in self.settings.model}}
        return {model: most for model, most in models.items() if model not in self.settings.gone}

    def speak(self, request, voice, with_times):
        body = self.body(request)
        model = body.get("model_id", "eleven_multilingual_v2")
        if voice not in VOICES:
            self.refuse(404, "voice_not_found", f"A voice with the voice_id {voice} was not found.")
        if model not in self.served():
            self.refuse(400, "model_not_found", f"A model with model ID {model} does not exist.")
        if not body["text"].strip():
            self.refuse(400, "empty_text", "The text to speak is empty.")
        if len(body["text"]) > self.served()[model]:
            self.refuse(
                400,
                "max_character_limit_exceeded",
                f"This request's text has {len(body['text'])} characters and exceeds "
                f"the character limit of {self.served()[model]} characters for model '{model}'.",
            )
        if model == "eleven_v3" and ("previous_text" in body or "next_text" in body):
            self.refuse(
                400,
                "unsupported_model",
                "Providing previous_text or next_text is not yet supported with the 'eleven_v3' " "model.",
            )
        form, rate_hz, bit_rate = self.output_format(request.query)
        sound = media.speech(
            body["text"],
            voice,
            body.get("language_code", "en"),
            float(body.get("voice_settings", {}).get("speed", 1.0)),
        )
        content, media_type = request.media((media.encoded(sound, form, rate_hz, bit_rate), media.SOUND_TYPES[form]))
        headers = {
            "request-id": hashlib.sha256(request.body).hexdigest()[:20],
            "character-cost": str(len(body["text"])),
        }
        if not with_times:
            return Answer(200, content, media_type, headers)
        starts, ends = sound.character_times(body["text"])
        alignment = {
            "characters": list(body["text"]),
            "character_start_times_seconds": starts,
            "character_end_times_seconds": ends,
        }
        if request.has("no_alignment"):
            alignment = None
        return json_answer(
            {"audio_base64": base64_text(content), "alignment": alignment, "normalized_alignment": alignment},
            headers=headers,
        )

    def body(self, request):
        """A body that does not hold is refused as a list of places, not as a status."""
        try:
            body = request.json()
            fields(body, BODY, ["text"])
            fields(body.get("voice_settings", {}), VOICE_SETTINGS, where="voice_settings")
        except Problem as problem:
            kinds = {"missing": "missing", "unknown": "extra_forbidden", "type": "type_error"}
            raise Refused(
                json_answer(
                    {
                        "detail": [
                            {
                                "type": kinds.get(problem.kind, "value_error"),
                                "loc": ["body", *problem.field.split(".")],
                                "msg": problem.message,
                            }
                        ]
                    },
                    422,
                )
            ) from problem
        except ValueError as wrong:
            raise Refused(
                json_answer({"detail": [{"type": "json_invalid", "loc": ["body", 0], "msg": "JSON decode error"}]}, 422)
            ) from wrong
        return body

    def output_format(self, query):
        told = query.get("output_format", "mp3_44100_128")
        if set(query) <= {"output_format", "enable_logging", "optimize_streaming_latency"}:
            form, _, rest = told.partition("_")
            if form == "mp3" and rest in MP3_FORMATS:
                rate, bit_rate = rest.split("_")
                return "mp3", int(rate), bit_rate + "k"
            if form == "pcm" and rest in PCM_RATES:
                return "pcm", int(rest), ""
        self.refuse(400, "invalid_output_format", f"'{told}' is not an output format.")
