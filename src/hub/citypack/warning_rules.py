"""How a city warns 风险预警: what counts as a surge, what evidence is worth, which colour it makes."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from hub.citypack.fields import Code, PackModel
from hub.contracts.warnings import Colour

Minutes = Annotated[int, Field(ge=5, le=10_080)]
"""Length of a window, minutes, at most a week."""

Points = Annotated[float, Field(ge=0, le=100)]
"""What a piece of evidence adds to the score of a warning."""


class SurgeRules(PackModel):
    """When signals of one group of matters in one town, or near one cell, are more than chance explains."""

    level: Annotated[
        int | None, Field(ge=1, le=12, description="Depth of the categories that count; null: the deepest")
    ] = None
    quick_min: tuple[Minutes, ...] = (30, 60, 180)
    slow_min: tuple[Minutes, ...] = (1440, 4320)
    near_cells: Annotated[int, Field(ge=0, le=10, description="Cells to each side that count as near")] = 1
    false_alarms_per_day: Annotated[
        float, Field(gt=0, description="Surges by chance in the whole city and a day")
    ] = 10.0
    fewest: Annotated[int, Field(ge=2, description="Fewer signals are no surge")] = 4
    half_life_days: Annotated[float, Field(gt=0, description="How fast a trend is forgotten, days")] = 28.0
    guard_hours: Annotated[float, Field(gt=0, description="Signals teach only after so long, hours")] = 24.0
    prior_days: Annotated[float, Field(gt=0, description="Days that the partition's rate is worth")] = 7.0
    cold_rate: Annotated[
        float, Field(gt=0, description="Signals a day of a group in a town, before any is known")
    ] = 0.3
    warm_up_hours: Annotated[
        float, Field(ge=0, description="A partition raises no surge before it has learned so long, hours")
    ] = 48.0
    lasting_hours: Annotated[
        float, Field(gt=0, description="What has been unusual for so long is the new usual, hours")
    ] = 48.0
    stale_hours: Annotated[float, Field(gt=0, description="Signals told later than this raise none")] = 3.0

    @model_validator(mode="after")
    def _has_windows(self) -> Self:
        if not self.quick_min:
            raise ValueError("quick_min needs one window at least")
        return self


class EvidencePoints(PackModel):
    """What each piece of evidence is worth; the score is their sum."""

    surge: Annotated[Points, Field(description="A surge")] = 2.0
    per_decade: Annotated[Points, Field(description="Each factor of ten that it is less likely")] = 0.25
    most_decades: Annotated[float, Field(ge=0, le=50, description="No more factors of ten count")] = 12.0
    sizes: Annotated[
        tuple[int, ...], Field(description="One point more from each of these numbers of signals on")
    ] = (4, 7, 10, 20)
    utility: Annotated[Points, Field(description="Its category is urgent: utilities")] = 1.0
    life: Annotated[Points, Field(description="Its category is urgent: life")] = 2.0
    alarm: Annotated[Points, Field(description="Sensor alarms beside signals")] = 2.0
    hazard: Annotated[Points, Field(description="Hazards beside signals")] = 1.0
    repeats: Annotated[Points, Field(description="Repeated matters among the signals, two or more")] = 1.0


class ColourScale(PackModel):
    """The score from which on a warning has each colour 蓝黄橙红."""

    blue: Points = 3.5
    yellow: Points = 4.5
    orange: Points = 5.5
    red: Points = 9.0

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if not self.blue <= self.yellow <= self.orange <= self.red:
            raise ValueError("blue, yellow, orange and red must rise")
        return self

    def colour(self, score: float) -> Colour | None:
        """The colour of a score, None below blue."""
        steps = (
            (self.red, Colour.RED),
            (self.orange, Colour.ORANGE),
            (self.yellow, Colour.YELLOW),
            (self.blue, Colour.BLUE),
        )
        return next((colour for least, colour in steps if score >= least), None)


class VerdictRules(PackModel):
    """What tells whether a warning came true."""

    further: Annotated[int, Field(ge=1, description="Right from so many further complaints on")] = 3
    within_hours: Annotated[float, Field(gt=0, description="That come within so long, hours")] = 24.0
    keep_days: Annotated[float, Field(gt=0, description="How long its case may still tell, days")] = 30.0


class WarningRules(PackModel):
    """The document warnings.yaml; without it these defaults hold."""

    surges: SurgeRules = SurgeRules()
    leave_out: Annotated[
        tuple[Code, ...], Field(description="Categories that nobody is warned of, nor those below")
    ] = ()
    points: EvidencePoints = EvidencePoints()
    colours: ColourScale = ColourScale()
    proactive_from: Annotated[
        Colour | None, Field(description="Colour from which on a case is opened; null opens none")
    ] = None
    quiet_hours: Annotated[float, Field(gt=0, description="Without news for so long it ends, hours")] = 6.0
    verdict: VerdictRules = VerdictRules()
