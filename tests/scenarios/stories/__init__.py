"""Every story of the city, by theme."""

from tests.scenarios.stories import (
    by_hand,
    callbacks,
    clocks,
    consultation,
    duplicates,
    exclusion,
    inspections,
    joining,
    lives,
    objection,
    orders,
    pauses,
    privacy,
    sensors,
    whistle,
)

STORIES = (
    *lives.STORIES,
    *joining.STORIES,
    *by_hand.STORIES,
    *clocks.STORIES,
    *duplicates.STORIES,
    *callbacks.STORIES,
    *inspections.STORIES,
    *sensors.STORIES,
    *privacy.STORIES,
    *orders.STORIES,
    *objection.STORIES,
    *consultation.STORIES,
    *whistle.STORIES,
    *pauses.STORIES,
    *exclusion.STORIES,
)
