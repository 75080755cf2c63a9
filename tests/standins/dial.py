"""The fault dial: what goes wrong, for which requests, how many times.

POST /_dial takes one fault or a list: {"match": part of the path and query, "match_body": part of the body, "times": 1
or more, or -1 for always, "fault": NAME, and that fault's settings}. The first that matches and is not spent applies.
"""
import threading

NUMBER = (int, float)

# Each fault's settings: name -> (types, default); a setting without a default must be given.
FAULTS = {
    # On the wire, whatever the API.
    "status": {
        "status": (int,),
        "retry_after": (NUMBER + (str,), None),
        "retry_delay": (str, None),
        "per_day": (bool, False),
        "message": (str, None),
        "code": (str, None),
    },
    "stall": {"phase": (("accept", "headers", "body"), "headers"), "seconds": (NUMBER,)},
    "reset": {"phase": (("accept", "answer", "body"), "answer")},
    "garbage": {},
    "wrong_shape": {"body": ((dict, list), {"answer": [1, "two", {"three": None}]})},
    "oversized": {"bytes": (int, None), "chunked": (bool, False)},  # without `bytes`: endless
    "drip": {"bytes": (int, 1), "every_s": (NUMBER, 0.05)},
    "truncated": {},
    # In the answer, where the API has such a thing.
    "wrong_type": {
        "says": (str, None)
    },  # text for a picture's or sound's bytes; with `says`, the bytes under that type
    "refusal": {"form": (("prompt", "candidate"), "candidate"), "reason": (str, None)},
    "text_only": {},  # a picture was asked, and words come
    "cut_script": {},
    "bad_script": {},
    "answer_text": {"text": (str,)},  # the model says exactly this
    "no_alignment": {},
    "data_prefix": {},
    "blurred": {},  # the picture is out of focus
    "spoilt_picture": {},  # bytes in the middle of the picture are 0
    "seedless": {},  # the picture is that of seed 0
    "lost": {},
    "execution_error": {"message": (str, "CUDA out of memory. Tried to allocate 2.00 GiB.")},
}
COMMON = {"match": (str, ""), "match_body": (str, ""), "times": (int, 1)}


class Misdialled(Exception):
    """A fault that does not exist, or with settings it does not have."""


class Dial:
    def __init__(self):
        self.lock = threading.Lock()
        self.faults = []

    def add(self, told):
        """Adds a fault or a list of them, all or none; returns how many wait."""
        checked = [check(fault) for fault in (told if isinstance(told, list) else [told])]
        with self.lock:
            self.faults += checked
            return len(self.faults)

    def clear(self):
        with self.lock:
            self.faults.clear()

    def take(self, path, body):
        return self._take(
            lambda fault: fault.get("phase") != "accept"
            and fault["match"] in path
            and fault["match_body"].encode() in body
        )

    def take_at_accept(self):
        """No request is read yet, so a fault at this phase takes whatever connection comes next."""
        return self._take(lambda fault: fault.get("phase") == "accept")

    def _take(self, applies):
        with self.lock:
            fault = next((fault for fault in self.faults if applies(fault)), None)
            if fault is not None and fault["times"] > 0:
                fault["times"] -= 1
                if fault["times"] == 0:
                    self.faults.remove(fault)
            return fault


def check(fault):
    """The fault with its defaults; Misdialled where the dial has no such thing."""
    if not isinstance(fault, dict) or fault.get("fault") not in FAULTS:
        raise Misdialled(f"no such fault: {fault!r}; the dial has {', '.join(FAULTS)}")
    name = fault["fault"]
    settings = {**COMMON, **FAULTS[name]}
    for setting, value in fault.items():
        if setting == "fault":
            continue
        if setting not in settings:
            raise Misdialled(f"{name}: no setting {setting!r}; there are {', '.join(settings)}")
        types = settings[setting][0] if len(settings[setting]) == 2 else settings[setting]
        choices = types if isinstance(types, tuple) and isinstance(types[0], str) else None
        if value not in choices if choices else not isinstance(value, types):
            raise Misdialled(f"{name}: {setting} is {value!r}, and takes {choices or types}")
    for setting, allowed in settings.items():
        if len(allowed) == 1 and setting not in fault:
            raise Misdialled(f"{name}: {setting} is missing")
    if fault.get("times", 1) == 0 or fault.get("bytes", 1) <= 0:
        raise Misdialled(f"{name}: times and bytes are not 0")
    defaults = {
        setting: allowed[1] for setting, allowed in settings.items() if len(allowed) == 2 and allowed[1] is not None
    }
    return {**defaults, **fault}
