"""Masking and pseudonyms: what may leave the restricted topics of a person 个人信息."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

_PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(?:\(?0\d{2,3}\)?[- ]?\d{7,8}|\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4})(?!\d)")
_ID_NUMBER = re.compile(r"(?<!\d)\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?!\d)")
_BANK_CARD = re.compile(r"(?<!\d)\d{16,19}(?!\d)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PLATE = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][A-Z0-9]{5,6}")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Keyed pseudonyms: one person, one pseudonym within an epoch; no way back without the key."""

    key: bytes
    epoch: int = 0
    before: "Pseudonyms | None" = None
    """The key of the epoch before, while what was written under it shall still be known again."""

    def of(self, kind: str, *parts: str | None) -> str:
        """32 hexadecimal characters for a thing of a kind, e.g. ``of("appellant", phone)``."""
        text = "\x1f".join((kind, str(self.epoch), *(normalise(part or "") for part in parts)))
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()[:32]


def digits_of(phone: str) -> str:
    """The digits of a telephone number without China's own prefix, so that spellings of one number agree."""
    digits = "".join(character for character in phone if character.isdecimal())
    return digits[2:] if len(digits) == 13 and digits.startswith("861") else digits


def normalise(text: str) -> str:
    """Lower case, with white space folded, so that spellings of one thing agree."""
    return _SPACE.sub(" ", text).strip().casefold()


def hide(text: str, known: Mapping[str, str | None]) -> str:
    """The text with what is known of a person hidden: each value, in any case and spacing, by its mark.

    A word that only holds a name ("Li" in "Light") is left alone; a value of one character is no clue.
    """
    for mark, value in known.items():
        words = normalise(value or "").split(" ")
        told = " ".join(words)
        if len(told) < 2 or told not in normalise(text):
            continue
        pattern = r"\s+".join(map(re.escape, words))
        before = r"(?<![0-9A-Za-z])" if told[0].isascii() and told[0].isalnum() else ""
        after = r"(?![0-9A-Za-z])" if told[-1].isascii() and told[-1].isalnum() else ""
        text = re.sub(f"{before}{pattern}{after}", mark, text, flags=re.IGNORECASE)
    return text


def mask(text: str, limit: int = 200) -> str:
    """The text with telephone, identity, bank and plate numbers and e-mail masked, cut at ``limit``.

    Masking a masked text changes nothing.
    """
    masked = _ID_NUMBER.sub("[id]", text)
    masked = _PHONE.sub(r"\1****\2", masked)
    masked = _LANDLINE.sub("[phone]", masked)
    masked = _BANK_CARD.sub("[card]", masked)
    masked = _EMAIL.sub("[email]", masked)
    masked = _PLATE.sub("[plate]", masked)
    return _SPACE.sub(" ", masked).strip()[:limit]
