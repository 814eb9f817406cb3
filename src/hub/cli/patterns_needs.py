"""`hub patterns needs`: seven haves, five natures, by district."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.formats import Cell, Format, format_option, print_figures, print_tree
from hub.cli.patterns_input import MONTH, days_of, in_district, loaded, reading_options
from hub.contracts.scores import ScoreBy
from hub.domain.patterns.months import Month
from hub.domain.patterns.needs import Book, NeedIndex, default_base, need_indices
from hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hub.citypack.city import City

EXAMPLES = """
\b
Examples:
  hub patterns needs --month 2026-03 --in out
  hub patterns needs --month 2026-03 --base 2025-10..2025-12 --district 110105
  hub patterns needs --month 2026-03 --weak --format csv > weak.csv
"""


class PeriodType(click.ParamType):
    """A month such as 2015-02, or months from one to another such as 2014-10..2014-12."""

    name = "YYYY-MM[..YYYY-MM]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Month, ...]:
        """The months of a text, in order; click's own error for another."""
        if isinstance(value, tuple):
            return value
        first, _, last = str(value).partition("..")
        begin = MONTH.convert(first, param, ctx)
        end = MONTH.convert(last or first, param, ctx)
        months = []
        while begin <= end:
            months.append(begin)
            begin = begin.plus(1)
        if not months:
            self.fail(f"{value!r} ends before it begins", param, ctx)
        return tuple(months)


@click.command(epilog=EXAMPLES)
@click.option("--month", type=MONTH, required=True, help="The month that is looked at; it must be over.")
@click.option(
    "--base", type=PeriodType(),
    help="Months to compare with.  [default: the month a year before, else the first known, three at most]",
)  # fmt: skip
@click.option("--district", help="Code of a district.  [default: all]")
@click.option("--weak", is_flag=True, help="Only needs that are weak.")
@reading_options
@format_option
def needs(
    month: Month,
    base: tuple[Month, ...] | None,
    district: str | None,
    weak: bool,
    city: str | None,
    folder: Path | None,
    how: Format,
) -> None:
    """Show how well each district meets each need 七有五性, by the indicators of the city pack.

    Indices against a base and against the district's functional zone: 100 is as good, above is better. Needs
    with too few appeals are not judged. docs/patterns.md has the formulas.
    """
    place, settings = loaded(city)
    if not place.needs.needs:
        raise HubError(
            f"The city pack of {place.settings.name} states no needs", fix="write its indicators.yaml"
        )
    days = days_of(ScoreBy.CATEGORY, folder, settings)
    in_district(place, (), district)
    book = Book(place, days)
    months = base or default_base(book, month)
    check_known(book, month, months)
    found = [
        one
        for one in need_indices(place, book, month, months)
        if district in (None, one.district) and (one.weak or not weak)
    ]
    title = f"Needs in {month}, against {' '.join(str(one) for one in months)}"
    if how is Format.JSON:
        print_tree([_row(place, one) | {"months": _months(one)} for one in found])
    else:
        print_figures(title, [_row(place, one) for one in found], how)


def check_known(book: Book, month: Month, base: Sequence[Month]) -> None:
    """HubError where the scores do not know the month or its base whole."""
    for one in (month, *base):
        if one not in book.known:
            known = f"{book.known[0]} to {book.known[-1]}" if book.known else "no month"
            raise HubError(f"The scores know {known} whole, and not {one}", fix="choose months that are over")
    if not base:
        raise HubError(f"The scores know no month before {month}", fix="name one with --base")


def _row(city: City, one: NeedIndex) -> dict[str, Cell]:
    need = next(each for each in city.needs.needs if each.code == one.need)
    return {
        "district": one.district,
        "name": city.districts[one.district].name,
        "zone": city.districts[one.district].zone.value,
        "need": one.need,
        "need_name": need.name,
        "index": _told(one.against_base.index),
        "a_month": _told(one.slope),
        "beside_zone": _told(one.against_zone.index),
        "weak": one.weak,
        "why": one.against_zone.worst,
        "why_index": one.against_base.worst,
    }


def _months(one: NeedIndex) -> dict[str, float]:
    return {str(month): round(index, 1) for month, index in one.trend}


def _told(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
