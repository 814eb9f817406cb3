"""Says what is wrong with a value in the words of somebody who writes a pack. Pure."""

from pydantic_core import ErrorDetails

from hub.citypack.draft import Mistake, meant
from hub.citypack.fields import PackModel
from hub.citypack.files import Record

_FIXES = {
    "missing": "add it",
    "string_pattern_mismatch": "use letters, digits, dot, hyphen and underscore only",
    "string_too_short": "write it",
    "string_too_long": "shorten it",
    "string_type": "write text",
    "float_parsing": "write a number, such as 12.5",
    "int_parsing": "write a whole number",
    "int_from_float": "write a whole number",
    "bool_parsing": "write true or false",
    "date_from_datetime_parsing": "write the date as YYYY-MM-DD",
    "date_parsing": "write the date as YYYY-MM-DD",
    "time_parsing": "write the time as HH:MM",
    "tuple_type": "write a list",
    "model_type": "write its fields",
}


def explained(file: str, record: Record, model: type[PackModel], detail: ErrorDetails) -> Mistake:
    """A model's complaint in words that name the field, what stands there, and the fix."""
    path = tuple(part for part in detail["loc"] if part != "[key]")
    line = next(
        (record.lines[path[:length]] for length in range(len(path), 0, -1) if path[:length] in record.lines),
        record.line,
    )
    name = ".".join(str(part) for part in path)
    kind = detail["type"]
    if kind == "extra_forbidden":
        fields = frozenset(model.model_fields) if len(path) == 1 else frozenset[str]()
        return Mistake(file, line, name, "no such field", meant(name, fields, "remove it"))
    if kind == "missing":
        return Mistake(file, line, name, "is missing", _FIXES[kind])
    if kind == "enum":
        expected = str(detail.get("ctx", {}).get("expected", ""))
        return Mistake(file, line, name, f"{_shown(detail['input'])} is not a choice", f"write {expected}")
    said = detail["msg"].removeprefix("Value error, ")
    given = "" if kind == "value_error" else f"{_shown(detail['input'])}: "
    return Mistake(file, line, name, f"{given}{said[:1].lower()}{said[1:]}", _FIXES.get(kind, "correct it"))


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
