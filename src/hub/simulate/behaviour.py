"""How units, reviewers and the hotline centre behave: shares of cases, and delays."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How units behave: delays as shares of the limit (median, sigma of the logarithm), shares of cases."""

    sign_for: tuple[float, float] = (0.25, 0.8)
    """One case in 24 is signed for too late."""
    resolve: tuple[float, float] = (0.15, 1.1)
    resolve_soon: tuple[float, float] = (0.5, 0.4)
    """The second where the limit is a day or less: a burst main takes hours. One in 24 is late in both."""
    close_hours: tuple[float, float] = (3.0, 0.8)
    """From resolved to closed by the lead, where it thinks that it may, hours."""
    progress: float = 0.4
    """Reports on the way, at most one."""
    assist: float = 0.15
    """Helping units that report progress, whether the case is in work or not."""
    forgotten: float = 0.02
    """Cases that the lead forgets; seven in ten are remembered when the limit to sign for them passes."""
    remembered: float = 0.7
    closed_by_lead: float = 0.1

    # what a lead asks for: of its cases one thing at most
    objects: float = 0.04
    hands_back: float = 0.005
    whistles: float = 0.015
    suspends: float = 0.01
    asks_time: float = 0.03
    asks_exclusion: float = 0.005
    """Of closed cases."""

    # reviewer, departments, centre
    unreviewed: float = 0.03
    """Requests that nobody rules on."""
    upheld: float = 0.6
    absent: float = 0.08
    """Departments that do not come when a town whistles."""
    silent: float = 0.05
    """Departments that came and do not co-sign."""
    refuses_closure: float = 0.02
    call_hours: tuple[float, float] = (3.0, 0.8)
    """From resolved to a callback, and from one in vain to the next, hours."""
    uncalled: float = 0.01
    """Citizens who are forgotten."""
    reached: float = 0.85
    contacted: float = 0.98
    solved: float = 0.967
    satisfied: float = 0.97
    """The last three: Beijing's hotline in 2024, of those who were reached."""
    look_back_passed: float = 0.93

    # mistakes
    reported_late: float = 0.02
    """Resolved in time, but reported hours later."""
    repeated: float = 0.02
    """An action sent twice under one id."""
    again: float = 0.01
    """Signed for a second time, under another id."""
    too_early: float = 0.01
    """Resolved before anybody signed for it."""
    wrong_unit: float = 0.015
    """Signed for by a unit that does not lead."""
    after_close: float = 0.01
    """Progress on a closed case."""
