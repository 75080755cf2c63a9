"""chat/completions: plain words, or JSON of a schema."""
import hashlib
import json
import re
import time

import scripts
from api import json_answer
from fields import Problem, anything, boolean, fields, kind, listing, mapping, number, one_of, text, whole

CHAT = {
    "model": text(1),
    "messages": listing,
    "response_format": mapping,
    "temperature": number(0, 2),
    "top_p": number(0, 1),
    "max_tokens": whole(1),
    "max_completion_tokens": whole(1),
    "seed": whole(),
    "n": whole(1, 1),
    "stream": boolean,
    "stop": anything,
    "frequency_penalty": number(-2, 2),
    "presence_penalty": number(-2, 2),
    "user": text(),
    "reasoning_effort": text(),
    "store": boolean,
    "metadata": mapping,
}


def chat(request, body, json_object_only):
    """The answer to a request of a model that is served; `json_object_only` for a server that knows no schemas."""
    local = not body["model"].startswith(("gpt-", "o"))
    fields(body, CHAT, ["model", "messages"], others_too=local)
    if body["model"].startswith("gpt-5") and "max_tokens" in body:
        raise Problem(
            "max_tokens",
            "unsupported",
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        )
    if body.get("stream"):
        raise Problem("stream", "choice", "a stream is not among what this server does")
    said_by_user, all_said = check_messages(body["messages"])
    schema = schema_asked(body, all_said, json_object_only)
    message, finish = reply(request, schema, said_by_user)
    made = len(message["content"] or message["refusal"]) // 4 + 1
    read = len(all_said) // 4 + 1
    return json_answer(
        {
            "id": "chatcmpl-" + hashlib.sha256(request.body).hexdigest()[:24],
            "object": "chat.completion",
            "created": int(time.time()),
            "model": body["model"],
            "system_fingerprint": "fp_standin",
            "choices": [
                {"index": 0, "message": {"role": "assistant", **message}, "logprobs": None, "finish_reason": finish}
            ],
            "usage": {
                "prompt_tokens": read,
                "completion_tokens": made,
                "total_tokens": read + made,
                "prompt_tokens_details": {"cached_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 0},
            },
        }
    )


def reply(request, schema, said_by_user):
    """(message, finish_reason)."""
    if request.has("refusal"):
        return {"content": None, "refusal": "I'm sorry, I can't assist with that."}, "stop"
    if request.has("answer_text"):
        words = request.told("text")
    elif schema is None:
        words = f"This is what I think of it. {scripts.sentences(said_by_user)[0]}"
    elif request.has("bad_script"):
        words = json.dumps(scripts.broken(schema, said_by_user))
    else:
        words = json.dumps(scripts.answer(schema, said_by_user), ensure_ascii=False)
    if request.has("cut_script"):
        return {"content": words[: len(words) * 2 // 3], "refusal": None}, "length"
    return {"content": words, "refusal": None}, "stop"


def schema_asked(body, all_said, json_object_only):
    """The schema of the answer; None where plain words are asked."""
    form = body.get("response_format", {"type": "text"})
    known = ["text", "json_object"] + ([] if json_object_only else ["json_schema"])
    fields(form, {"type": one_of(*known)}, ["type"], "response_format", others_too=True)
    if form["type"] == "text":
        return None
    if form["type"] == "json_object":
        if "json" not in all_said.lower():
            raise Problem(
                "messages",
                "said",
                "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
            )
        return scripts.schema_in(all_said) or scripts.SCENES
    fields(form, {"type": anything, "json_schema": mapping}, ["json_schema"], "response_format")
    told = form["json_schema"]
    fields(
        told,
        {
            "name": text(1, 64),
            "schema": mapping,
            "strict": kind((bool, type(None)), "a boolean"),
            "description": text(),
        },
        ["name", "schema"],
        "response_format.json_schema",
    )
    if not re.fullmatch(r"[A-Za-z0-9_-]+", told["name"]):
        raise Problem(
            "response_format.json_schema.name", "range", f"'{told['name']}' does not match '^[a-zA-Z0-9_-]+$'"
        )
    if told.get("strict"):
        check_strict(told["schema"], told["name"], ())
    return told["schema"]


def check_strict(schema, name, context):
    """A strict schema closes its objects, and requires all that they may have."""
    begin = f"Invalid schema for response_format '{name}': In context={context}, "
    if scripts.type_of(schema) == "object":
        if schema.get("additionalProperties") is not False:
            raise Problem(
                "response_format", "said", begin + "'additionalProperties' is required to be supplied and to be false."
            )
        if set(schema.get("required", [])) != set(schema.get("properties", {})):
            raise Problem(
                "response_format",
                "said",
                begin + "'required' is required to be supplied and to be an array including every key in properties.",
            )
    for key, inner in schema.get("properties", {}).items():
        check_strict(inner, name, (*context, "properties", key))
    if "items" in schema:
        check_strict(schema["items"], name, (*context, "items"))


def check_messages(messages):
    """(what the last user message says, what all say)."""
    if not messages:
        raise Problem("messages", "range", "[] is too short - 'messages'")
    last, everything = "", []
    for index, message in enumerate(messages):
        where = f"messages[{index}]"
        fields(
            message,
            {
                "role": one_of("system", "developer", "user", "assistant", "tool"),
                "content": kind((str, list), "a string or an array"),
                "name": text(1),
            },
            ["role", "content"],
            where,
        )
        words = message["content"]
        if isinstance(words, list):
            for number_in, part in enumerate(words):
                fields(
                    part, {"type": one_of("text"), "text": text()}, ["type", "text"], f"{where}.content[{number_in}]"
                )
            words = "\n".join(part["text"] for part in words)
        everything.append(words)
        if message["role"] == "user":
            last = words
    return last, "\n".join(everything)
