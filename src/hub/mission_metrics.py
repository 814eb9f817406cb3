"""The metrics of the city's mission: open cases, limits, tags, hazards, sensors; for `hub exporter`."""

from hub.metric_rows import DeclaredMetrics


class MissionMetrics(DeclaredMetrics):
    """Figures of what the city does, rebuilt from the topics."""

    def _declare_names(self) -> None:
        """What people call what labels hold."""
        meaning = "Always 1; the name of a {} of the city pack, for boards to show instead of its code."
        self.district_info = self._gauge("hub_district_info", meaning.format("district"), "district", "name")
        self.town_info = self._gauge("hub_town_info", meaning.format("town"), "district", "town", "name")
        self.unit_info = self._gauge("hub_unit_info", meaning.format("unit"), "unit", "name")
        self.category_info = self._gauge(
            "hub_category_info", meaning.format("category at the top of the tree"), "category", "name"
        )

    def _declare_open(self) -> None:
        """What is open now."""
        self.unit_open_cases = self._gauge(
            "hub_unit_open_cases",
            "Open cases by the unit that answers for them and their risk.",
            "unit",
            "risk",
        )
        self.town_open_cases = self._gauge(
            "hub_town_open_cases", "Open cases by town and risk.", "district", "town", "risk"
        )
        self.category_open_cases = self._gauge(
            "hub_category_open_cases",
            "Open cases by the category at the top of the tree and district.",
            "category",
            "district",
        )
        self.tagged_open_cases = self._gauge(
            "hub_tagged_open_cases",
            "Open cases with a tag: repeat appeals, towns under remediation, opened before any complaint.",
            "tag",
            "district",
        )
        self.city_tagged_open_cases = self._gauge(
            "hub_city_tagged_open_cases",
            "The same in the whole city, and `help`: of people who need a plan of their own, a series only "
            "while there are enough of them to hide among.",
            "tag",
        )
        self.open_hazards = self._gauge(
            "hub_open_hazards_cases", "Open cases of safety hazards by worst grade.", "grade", "district"
        )
        self.limits_at_risk = self._gauge(
            "hub_open_cases_limits_at_risk",
            "Limits of open cases that have warned, or passed with what they limit still to be done.",
            "clock",
            "risk",
            "district",
        )

    def _declare_moves(self) -> None:
        """What happens."""
        self.case_moves = self._counter(
            "hub_case_moves_total", "What happened to cases, by district.", "move", "district"
        )
        self.cases_opened = self._counter(
            "hub_cases_opened_total",
            "Cases opened, by the category at the top of the tree and district.",
            "category",
            "district",
        )

    def _declare_sensors(self) -> None:
        """What is heard of sensors."""
        self.sensors = self._gauge(
            "hub_sensors",
            "Sensors of the city pack by town and whether they are heard.",
            "condition",
            "district",
            "town",
        )
        self.active_alarms = self._gauge(
            "hub_active_alarms", "Alarms of sensors that go on, by kind and district.", "kind", "district"
        )

    def _declare_warnings(self) -> None:
        """What is warned of."""
        self.active_warnings = self._gauge(
            "hub_active_warnings", "Early warnings 风险预警 that go on.", "colour", "district"
        )
        self.recent_warnings = self._gauge(
            "hub_recent_warnings",
            "Early warnings that go on or ended within 28 days, by whether they came true.",
            "colour",
            "verdict",
            "district",
        )

    def _declare_scores(self) -> None:
        """How well cases are handled, of the newest days that any score is of."""
        place = ("by", "subject", "district")
        self.score_ratio = self._gauge(
            "hub_score_ratio",
            "Rates 考核 of cases opened on these days, 0 to 1.",
            *place,
            "rate",
            "days",
        )
        self.score_handling_seconds = self._gauge(
            "hub_score_handling_seconds",
            "Time from a case's first signal until it was resolved, 1 % accurate.",
            *place,
            "quantile",
            "days",
        )
        self.score_cases = self._gauge("hub_score_cases", "Cases that these rates are of.", *place, "days")
        self.score_answers = self._gauge(
            "hub_score_answered_cases",
            "Of these, with a citizen who said whether it is solved.",
            *place,
            "days",
        )
        self.score_appeals_per_resident = self._gauge(
            "hub_score_appeals_per_resident_ratio",
            "Citizens' tickets per resident 万人诉求比: times 10,000.",
            *place,
            "days",
        )
