"""What Gemini takes as a request: contents with their pictures, and what is asked to be made of them."""
import base64
import binascii

import media
from fields import Problem, anything, boolean, fields, listing, mapping, number, one_of, text, whole

RATIOS = {
    "1:1": (1024, 1024),
    "2:3": (832, 1248),
    "3:2": (1248, 832),
    "3:4": (864, 1184),
    "4:3": (1184, 864),
    "9:16": (768, 1344),
    "16:9": (1344, 768),
    "21:9": (1536, 672),
}
SIZES = {"1K": 1, "2K": 2, "4K": 4}
VOICES = (
    "Zephyr Puck Charon Kore Fenrir Leda Orus Aoede Callirrhoe Autonoe Enceladus Iapetus Umbriel Algieba Despina Erinome "
    "Algenib Rasalgethi Laomedeia Achernar Alnilam Schedar Gacrux Pulcherrima Achird Zubenelgenubi Vindemiatrix "
    "Sadachbia Sadaltager Sulafat"
).split()
SCHEMA_FIELDS = (
    "type format title description nullable enum maxItems minItems properties required minProperties maxProperties "
    "minLength maxLength pattern example anyOf propertyOrdering default items minimum maximum"
).split()
GENERATION = {
    "temperature": number(0, 2),
    "topP": number(0, 1),
    "topK": whole(1),
    "candidateCount": whole(1, 8),
    "maxOutputTokens": whole(1),
    "stopSequences": listing,
    "presencePenalty": number(-2, 2),
    "frequencyPenalty": number(-2, 2),
    "seed": whole(-(2**31), 2**31 - 1),
    "responseMimeType": one_of("text/plain", "application/json", "text/x.enum"),
    "responseSchema": mapping,
    "responseJsonSchema": anything,
    "responseModalities": listing,
    "speechConfig": mapping,
    "imageConfig": mapping,
    "thinkingConfig": mapping,
    "mediaResolution": text(),
}


def check_body(body):
    """The text of the request's parts and how many pictures are with it."""
    fields(
        body,
        {
            "contents": listing,
            "systemInstruction": mapping,
            "generationConfig": mapping,
            "safetySettings": listing,
            "tools": listing,
            "toolConfig": mapping,
            "cachedContent": text(1),
        },
        required=["contents"],
    )
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
    fields(
        part["inlineData"],
        {"mimeType": one_of(*media.PICTURE_TYPES), "data": text(1)},
        ["mimeType", "data"],
        f"{where}.inlineData",
    )
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
        raise Problem(
            "generationConfig.responseModalities",
            "choice",
            "The requested combination of response modalities "
            f"({', '.join(asked) or 'TEXT'}) is not supported by the model. models/{model} accepts: "
            f"{', '.join(sorted(allowed))}",
        )
    if "imageConfig" in config:
        sizes = SIZES if model.startswith("gemini-3") else {}
        if "IMAGE" not in allowed or ("imageSize" in config["imageConfig"] and not sizes):
            raise Problem(
                "generationConfig.imageConfig", "choice", f"imageConfig or its imageSize is not supported by {model}"
            )
        fields(
            config["imageConfig"],
            {"aspectRatio": one_of(*RATIOS), "imageSize": one_of(*SIZES)},
            where="generationConfig.imageConfig",
        )
    if "responseSchema" in config or "responseJsonSchema" in config:
        if config.get("responseMimeType") != "application/json":
            raise Problem(
                "generationConfig.response_schema", "choice", "only allowed when response_mime_type is application/json"
            )
    if "responseSchema" in config:
        check_schema(config["responseSchema"], "generationConfig.responseSchema")
    if "AUDIO" in allowed:
        where = "generationConfig.speechConfig"
        fields(
            config.get("speechConfig", {}), {"voiceConfig": mapping, "languageCode": text(2)}, ["voiceConfig"], where
        )
        where += ".voiceConfig"
        fields(config["speechConfig"]["voiceConfig"], {"prebuiltVoiceConfig": mapping}, ["prebuiltVoiceConfig"], where)
        fields(
            config["speechConfig"]["voiceConfig"]["prebuiltVoiceConfig"],
            {"voiceName": one_of(*VOICES)},
            ["voiceName"],
            where + ".prebuiltVoiceConfig",
        )
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
