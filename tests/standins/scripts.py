"""What a language model would answer: JSON of the schema asked, about the text of the prompt; and a check of such JSON."""
import hashlib
import json
import re

SECONDS_A_WORD = 0.4
MOST_SCENES = 20
# What a model answers that was asked for JSON, and not told which.
SCENES = {
    "type": "object",
    "required": ["scenes"],
    "properties": {
        "scenes": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["text", "picture_prompt", "mood", "duration"],
                "properties": {
                    "text": {"type": "string"},
                    "picture_prompt": {"type": "string"},
                    "mood": {"type": "string"},
                    "duration": {"type": "number"},
                },
            },
        }
    },
}


def subject(prompt):
    """The user's own text in a prompt: between fences or tags, else after the last "Text:" or "Topic:", else all of it."""
    for fence in (r'"""(.+?)"""', r"```\w*\n(.+?)```", r"<(\w+)>\s*(.+?)\s*</\1>"):
        found = re.findall(fence, prompt, re.S)
        if found:
            last = found[-1]
            return last[-1] if isinstance(last, tuple) else last
    found = re.split(r"(?im)^\s*(?:the )?(?:text|topic|paragraph|story)\s*:\s*", prompt)
    return found[-1]


def sentences(prompt):
    parts = re.split(r"(?<=[.!?。！？])\s+|\n{2,}", subject(prompt).strip())
    return [" ".join(part.split()) for part in parts if part.strip()][:MOST_SCENES] or ["Nothing was asked."]


def schema_in(prompt):
    """The JSON schema that stands in a prompt's own words, for servers that know only json_object; None without one."""
    decoder = json.JSONDecoder()
    for start in (match.start() for match in re.finditer(r"\{", prompt)):
        try:
            found, _ = decoder.raw_decode(prompt, start)
        except ValueError:
            continue
        if isinstance(found, dict) and isinstance(found.get("properties"), dict):
            return found
    return None


def answer(schema, prompt):
    """A value that satisfies `schema` (JSON schema, or Gemini's with upper-case types)."""
    return fill(schema, "", sentences(prompt), 0)


def fill(schema, name, lines, index):
    if schema.get("anyOf"):
        return fill(schema["anyOf"][0], name, lines, index)
    if "const" in schema:
        return schema["const"]
    line = lines[index % len(lines)]
    if schema.get("enum"):
        return schema["enum"][hashlib.sha256(line.encode()).digest()[0] % len(schema["enum"])]
    kind = type_of(schema)
    if kind == "object":
        return {key: fill(inner, key, lines, index) for key, inner in schema.get("properties", {}).items()}
    if kind == "array":
        items = schema.get("items", {"type": "string"})
        count = len(lines) if type_of(items) in ("object", "string") else 1
        count = max(schema.get("minItems", 0), min(count, schema.get("maxItems", MOST_SCENES)))
        return [fill(items, name, lines, number) for number in range(count)]
    if kind == "boolean":
        return True
    if kind == "null":
        return None
    if kind in ("number", "integer"):
        value = round(len(line.split()) * SECONDS_A_WORD + 0.5, 1) if re.search("duration|second|time", name) else 1
        value = max(schema.get("minimum", value), min(value, schema.get("maximum", value)))
        return int(round(value)) if kind == "integer" else value
    return words(schema, name, line)


def words(schema, name, line):
    """A string as its name leads one to expect."""
    if re.search("prompt|picture|image|visual", name):
        value = f"A photograph, wide and calm: {line}"
    elif re.search("mood|tone|style|emotion", name):
        value = ("calm", "bright", "serious", "playful")[hashlib.sha256(line.encode()).digest()[0] % 4]
    elif re.search("title|headline|caption|hook", name):
        value = " ".join(line.split()[:5]).rstrip(".,;:!?")
    else:
        value = line
    value = value[: schema.get("maxLength", len(value))]
    return value + "." * max(0, schema.get("minLength", 0) - len(value))


def type_of(schema):
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(kind, list):
        kind = next(one for one in kind if one != "null")
    return kind.lower()


def broken(schema, prompt):
    """Valid JSON that the schema does not allow: each field of the answer is an object of one unknown field."""
    value = answer(schema, prompt)
    return {name: {"surprise": True} for name in value} if isinstance(value, dict) else {"surprise": True}


TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "null": type(None),
}


def violations(schema, value, where="$"):
    """Sentences on where `value` breaks `schema`; none where it satisfies it."""
    if schema.get("anyOf"):
        return [] if any(not violations(one, value, where) for one in schema["anyOf"]) else [f"{where}: fits no anyOf"]
    if value is None and (schema.get("nullable") or "null" in schema.get("type", [])):
        return []
    kind = type_of(schema)
    if not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
        return [f"{where}: not {kind}"]
    found = []
    if schema.get("enum") and value not in schema["enum"]:
        found.append(f"{where}: not in the enum")
    if kind == "object":
        found += [f"{where}: {name} is missing" for name in schema.get("required", []) if name not in value]
        for name, inner in value.items():
            if name in schema.get("properties", {}):
                found += violations(schema["properties"][name], inner, f"{where}.{name}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{where}: {name} is unknown")
    elif kind == "array":
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            found.append(f"{where}: {len(value)} items")
        for index, inner in enumerate(value):
            found += violations(schema.get("items", {"type": "string"}), inner, f"{where}[{index}]")
    elif kind == "string":
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
            found.append(f"{where}: {len(value)} characters")
    elif kind in ("number", "integer"):
        if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            found.append(f"{where}: {value} is out of range")
    return found
