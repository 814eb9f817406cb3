"""The city's time: its zone exists, and days off and make-up days are what they say."""

from collections import Counter
from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hub.citypack.draft import Draft, Mistake


def check(draft: Draft) -> Iterator[Mistake]:
    """Mistakes in the calendar and the time zone."""
    settings, entry = draft.settings, draft.calendar
    try:
        ZoneInfo(settings.model.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        problem = f"{settings.model.timezone} is not a time zone"
        yield settings.mistake("timezone", problem, "write a name such as Asia/Shanghai")
    calendar = entry.model
    holidays = [holiday.day for holiday in calendar.holidays]
    for day in calendar.workdays:
        if day.isoweekday() not in calendar.weekend:
            yield entry.mistake(
                "workdays", f"{day} is a working day anyway", "remove it, or correct the date"
            )
    for field, days in (("holidays", holidays), ("workdays", list(calendar.workdays))):
        for day, count in Counter(days).items():
            if count > 1:
                yield entry.mistake(field, f"{day} stands {count} times", "write it once")
            if day.year not in calendar.years:
                fix = f"add {day.year} to years once its holidays are listed in full"
                yield entry.mistake(field, f"{day} lies in a year that is not listed", fix)
