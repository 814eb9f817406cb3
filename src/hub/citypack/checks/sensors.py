"""Limits clear before they are raised again, slots have no gaps, and sensors stand in the city."""

from collections.abc import Iterator

from hub.citypack.city import City
from hub.citypack.draft import Draft, Entry, Mistake
from hub.citypack.model import Sensor, SensorKind
from hub.contracts.fields import Point


def check(draft: Draft) -> Iterator[Mistake]:
    """Mistakes in sensor kinds and sensors that show without the map."""
    for entry in draft.kinds.entries:
        yield from _hysteresis(entry)
        if entry.model.stuck_above is not None and entry.model.stuck_minutes is None:
            problem = "says which values count as stuck, and stuck_minutes does not say when"
            yield entry.mistake("stuck_above", problem, "write stuck_minutes, or leave both out")
    yield from _slots(draft)
    yield from _on_default_point(draft)


def check_placed(draft: Draft, city: City) -> Iterator[Mistake]:
    """Sensors that stand in no town."""
    placed = {sensor.id for gateway in city.gateways.values() for sensor in gateway.sensors}
    for entry in draft.sensors.entries:
        if entry.model.id not in placed:
            problem = f"{entry.model.lon:g}, {entry.model.lat:g} lies in no town"
            yield entry.mistake("lon", problem, "correct lon and lat, or raise grid.reach_m in city.yaml")


def _hysteresis(entry: Entry[SensorKind]) -> Iterator[Mistake]:
    """An alarm must clear on the safe side of the limit that raised it."""
    kind = entry.model
    for limit, clear in (("high", "high_clear"), ("low", "low_clear")):
        if (getattr(kind, limit) is None) != (getattr(kind, clear) is None):
            missing = limit if getattr(kind, limit) is None else clear
            fix = f"write {missing}, or leave both out"
            yield entry.mistake(missing, f"{limit} and {clear} go together", fix)
    if kind.high is not None and kind.high_clear is not None and kind.high_clear > kind.high:
        problem = f"high_clear {kind.high_clear:g} lies above high {kind.high:g}"
        yield entry.mistake("high_clear", problem, "a high alarm clears at or below its limit")
    if kind.low is not None and kind.low_clear is not None and kind.low_clear < kind.low:
        problem = f"low_clear {kind.low_clear:g} lies below low {kind.low:g}"
        yield entry.mistake("low_clear", problem, "a low alarm clears at or above its limit")
    if kind.high is not None and kind.low is not None and kind.low >= kind.high:
        yield entry.mistake("low", f"low {kind.low:g} is not below high {kind.high:g}", "swap the two")


def _slots(draft: Draft) -> Iterator[Mistake]:
    gateways: dict[str, dict[int, Entry[Sensor]]] = {}
    for entry in draft.sensors.entries:
        slots = gateways.setdefault(entry.model.gateway, {})
        earlier = slots.setdefault(entry.model.slot, entry)
        if earlier is not entry:
            problem = f"slot {entry.model.slot} of {entry.model.gateway} is taken by {earlier.model.id}"
            yield entry.mistake("slot", problem, "give every sensor of a gateway its own slot")
    if draft.sensors.broken:
        return
    for gateway, slots in gateways.items():
        gap = next((slot for slot in range(len(slots)) if slot not in slots), None)
        if gap is not None:
            entry = slots[min(slot for slot in slots if slot > gap)]
            problem = f"gateway {gateway} has no slot {gap}"
            yield entry.mistake("slot", problem, "number the slots of a gateway from 0 without gaps")


def _on_default_point(draft: Draft) -> Iterator[Mistake]:
    known = {Point(lon=p.lon, lat=p.lat) for p in draft.settings.model.default_points}
    for entry in draft.sensors.entries:
        if known and Point(lon=entry.model.lon, lat=entry.model.lat) in known:
            yield entry.mistake("lon", "stands on a default point of city.yaml", "find its real point")
