"""Checks of a request's fields. Each API says a Problem in its own words."""


class Problem(Exception):
    """`kind` is missing, unknown, type, range, choice, or one of the API's own."""

    def __init__(self, field, kind, message):
        super().__init__(message)
        self.field, self.kind, self.message = field, kind, message


def text(least=0, most=None):
    def check(field, value):
        if not isinstance(value, str):
            raise Problem(field, "type", f"'{field}' must be a string")
        if len(value) < least:
            raise Problem(field, "range", f"'{field}' must hold at least {least} characters")
        if most is not None and len(value) > most:
            raise Problem(field, "range", f"'{field}' holds {len(value)} characters, and takes {most} at most")

    return check


def number(low=None, high=None):
    return numeric((int, float), "a number", low, high)


def whole(low=None, high=None):
    return numeric(int, "an integer", low, high)


def numeric(types, words, low, high):
    def check(field, value):
        if not isinstance(value, types) or isinstance(value, bool):
            raise Problem(field, "type", f"'{field}' must be {words}")
        if (low is not None and value < low) or (high is not None and value > high):
            raise Problem(field, "range", f"'{field}' is {value}, and must lie between {low} and {high}")

    return check


def one_of(*choices):
    def check(field, value):
        if value not in choices:
            raise Problem(
                field, "choice", f"'{field}' is {value!r}; supported values are {', '.join(map(repr, choices))}"
            )

    return check


def kind(types, words):
    def check(field, value):
        if not isinstance(value, types):
            raise Problem(field, "type", f"'{field}' must be {words}")

    return check


boolean = kind(bool, "a boolean")
mapping = kind(dict, "an object")
listing = kind(list, "an array")


def anything(_field, _value):
    pass


def fields(value, table, required=(), where="", others_too=False):
    """`value` is an object whose fields pass the table's checks; others are refused unless `others_too`."""
    if not isinstance(value, dict):
        raise Problem(where or "body", "type", f"'{where or 'body'}' must be an object")
    inside = f"{where}." if where else ""
    for name in required:
        if name not in value:
            raise Problem(inside + name, "missing", f"'{inside}{name}' is required")
    for name, inner in value.items():
        if name in table:
            table[name](inside + name, inner)
        elif not others_too:
            raise Problem(inside + name, "unknown", f"'{inside}{name}' is not a field")
