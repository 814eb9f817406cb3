"""Citizens who never existed: names, telephones, identity numbers in the real form, belonging to nobody."""

from functools import cache
from typing import NamedTuple

from hub.simulate.chance import digest_of, mixed

_SURNAMES = tuple("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧")
_GIVEN = (
    "伟", "芳", "娜", "秀英", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛",
    "明", "超", "秀兰", "霞", "平", "刚", "桂英", "建国", "建华", "志强", "淑珍", "雪梅",
    "子涵", "浩然", "欣怡", "宇轩",
)  # fmt: skip
_PREFIXES = ("154", "160", "161", "163", "164", "168", "169")
"""Beginnings of mobile numbers that no Chinese operator handed out (as of 2025)."""

_NO_PLACE = "119999"
"""Begins identity numbers; no division of China has this code."""

_PLATES = "ABCEFGHJKLMNPQ"

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"

_FIRST = ("Ana", "Ben", "Carla", "David", "Eve", "Frank", "Grace", "Hugo", "Iris", "Jack", "Kim", "Luis")
_LAST = ("Abbott", "Brooks", "Carter", "Dunn", "Ellis", "Foster", "Grant", "Hayes", "Irwin", "Jordan")


class Person(NamedTuple):
    """One simulated citizen; ``code`` is what the rest is made of."""

    name: str
    phone: str
    code: int
    language: str

    @property
    def id_number(self) -> str:
        """The number of an identity document."""
        if self.language != "zh":
            return f"{self.code % 10**9:09d}"
        birth = f"{1940 + self.code % 66}{1 + self.code % 12:02d}{1 + self.code % 28:02d}"
        return _checked(f"{_NO_PLACE}{birth}{self.code // 66 % 1000:03d}")

    @property
    def plate(self) -> str:
        """The plate of a car."""
        if self.language != "zh":
            return f"{self.code % 1000:03d}-XXX"
        return f"京{_PLATES[self.code % len(_PLATES)]}{self.code // 14 % 10**5:05d}"

    @property
    def email(self) -> str:
        """An address of a domain that is kept for examples."""
        return f"u{self.code % 10**6:06d}@example.com"


def person(seed: int, language: str, town: str, number: int) -> Person:
    """The citizen with this number in a town: always the same one."""
    code = mixed(_town(seed, town) + number)
    if language == "zh":
        surname, rest = _pick(_SURNAMES, code)
        given, rest = _pick(_GIVEN, rest)
        prefix, rest = _pick(_PREFIXES, rest)
        return Person(surname + given, f"{prefix}{rest % 10**8:08d}", rest, language)
    first, rest = _pick(_FIRST, code)
    last, rest = _pick(_LAST, rest)
    # 555-0100 to 555-0199 is kept for fiction in every area code of North America.
    return Person(f"{first} {last}", f"{201 + rest % 700}-555-{100 + rest // 700 % 100:04d}", rest, language)


@cache
def _town(seed: int, town: str) -> int:
    """Where the numbers of a town's citizens begin."""
    return digest_of(seed, "people", town)


def _checked(first: str) -> str:
    """The 18 characters of an identity number from its first 17: the last one checks them (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(first, _ID_WEIGHTS, strict=True))
    return first + _ID_CHECKS[total % 11]


def _pick(things: tuple[str, ...], code: int) -> tuple[str, int]:
    return things[code % len(things)], code // len(things)
