"""Every story of the city, by theme."""

from tests.scenarios.stories import clocks, duplicates, inspections, joining, lives, orders, privacy, sensors

STORIES = (
    *lives.STORIES,
    *joining.STORIES,
    *clocks.STORIES,
    *duplicates.STORIES,
    *inspections.STORIES,
    *sensors.STORIES,
    *privacy.STORIES,
    *orders.STORIES,
)
