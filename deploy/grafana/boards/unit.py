"""承办单位: one unit, what it answers for and how it does."""

from deploy.grafana.boards.panels import ALARMS, RISES, SHARES, Board, Choice, Kind, Panel, Query, Row

_HERE = 'unit="$unit"'

UNIT = Board(
    "hub-unit",
    "承办单位 · Unit",
    "一个承办单位：在办、临期、超期、异议，以及与其他单位的比较。",
    "One unit: open, at risk, late cases, objections, and how it compares.",
    (
        Row(
            "现在 · Now",
            (
                Panel(
                    Kind.STAT,
                    "在办事件",
                    "本单位负责、尚未办结的事件。",
                    "Cases that the unit answers for and that are not over.",
                    (Query(f"sum(hub_unit_open_cases{{{_HERE}}})"),),
                    width=8,
                ),
                Panel(
                    Kind.STAT,
                    "临期",
                    "有时限已预警、尚无超期的在办事件。",
                    "Open cases with a limit that has warned and none that passed.",
                    (Query(f'sum(hub_unit_open_cases{{{_HERE}, risk="warned"}})'),),
                    steps=RISES,
                    width=8,
                ),
                Panel(
                    Kind.STAT,
                    "超期",
                    "有时限已超过的在办事件。",
                    "Open cases with a limit that has passed.",
                    (Query(f'sum(hub_unit_open_cases{{{_HERE}, risk="breached"}})'),),
                    steps=ALARMS,
                    width=8,
                ),
            ),
        ),
        Row(
            "考核 · Scores",
            (
                Panel(
                    Kind.BARS,
                    "各项比率",
                    "本单位近二十八天各项比率。",
                    "The unit's rates over the last 28 days.",
                    (
                        Query(
                            'hub_score_ratio{by="unit", subject="$unit", days="28", rate!="score"}',
                            "{{rate}}",
                        ),
                    ),
                    unit="percentunit",
                    width=12,
                    height=10,
                    quiet="nothing of the last 28 days can be scored yet",
                ),
                Panel(
                    Kind.STAT,
                    "综合得分",
                    "本单位近二十八天综合得分。",
                    "The unit's score over the last 28 days.",
                    (Query('hub_score_ratio{by="unit", subject="$unit", days="28", rate="score"}'),),
                    unit="percentunit",
                    steps=SHARES,
                    height=10,
                    quiet="no citizen of the last 28 days has been called back yet",
                ),
                Panel(
                    Kind.STAT,
                    "办理时长中位数",
                    "本单位近二十八天从首次上报到办结的中位时长。",
                    "Median time from a case's first signal until it was resolved, last 28 days.",
                    (
                        Query(
                            "hub_score_handling_seconds"
                            '{by="unit", subject="$unit", days="28", quantile="0.5"}'
                        ),
                    ),
                    unit="s",
                    height=10,
                    quiet="no case of the last 28 days is closed yet",
                ),
            ),
        ),
        Row(
            "经过 · Over time",
            (
                Panel(
                    Kind.STACK,
                    "在办事件",
                    "本单位的在办事件，按风险。",
                    "The unit's open cases by risk.",
                    (Query(f"sum by (risk) (hub_unit_open_cases{{{_HERE}}})", "{{risk}}"),),
                    width=12,
                ),
                Panel(
                    Kind.LINES,
                    "派单异议",
                    "本单位提出的异议及其结果，累计。",
                    "The unit's objections to dispatches and what became of them, in total.",
                    (Query(f"sum by (outcome) (hub_objections_total{{{_HERE}}})", "{{outcome}}"),),
                    width=12,
                    quiet="the unit has objected to nothing",
                ),
            ),
        ),
        Row(
            "各单位 · All units",
            (
                Panel(
                    Kind.BARS,
                    "在办最多的单位",
                    "在办事件最多的十五个单位；点击进入该单位。",
                    "The fifteen units with most open cases; a click opens the unit.",
                    (
                        Query(
                            "topk(15, sum by (unit) (hub_unit_open_cases))"
                            " * on (unit) group_left (name) hub_unit_info",
                            "{{name}}",
                        ),
                    ),
                    width=12,
                    height=12,
                    down_to="hub-unit",
                ),
                Panel(
                    Kind.BARS,
                    "超期最多的单位",
                    "超期事件最多的十五个单位；点击进入该单位。",
                    "The fifteen units with most late cases; a click opens the unit.",
                    (
                        Query(
                            'topk(15, sum by (unit) (hub_unit_open_cases{risk="breached"}))'
                            " * on (unit) group_left (name) hub_unit_info",
                            "{{name}}",
                        ),
                    ),
                    steps=ALARMS,
                    width=12,
                    height=12,
                    down_to="hub-unit",
                ),
            ),
        ),
    ),
    (Choice("unit", "承办单位", "hub_unit_info", "unit", "name"),),
)
