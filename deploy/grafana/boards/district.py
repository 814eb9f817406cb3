"""区: one district, its towns, its limits."""

from deploy.grafana.boards.panels import ALARMS, RISES, SHARES, Board, Choice, Kind, Panel, Query, Row

_HERE = 'district="$district"'
_BY_TOWN = " * on (district, town) group_left (name) hub_town_info"

DISTRICT = Board(
    "hub-district",
    "区 · District",
    "一个区：街乡镇在办与超期、时限、类别、隐患、传感器。",
    "One district: towns' open and late cases, limits, categories, hazards, sensors.",
    (
        Row(
            "现在 · Now",
            (
                Panel(
                    Kind.STAT,
                    "在办事件",
                    "本区尚未办结的事件。",
                    "Cases of the district that are not over.",
                    (Query(f'sum(hub_cases{{{_HERE}, stage!~"closed|joined|invalid"}})'),),
                ),
                Panel(
                    Kind.STAT,
                    "临期",
                    "有时限已预警、尚无超期的在办事件。",
                    "Open cases with a limit that has warned and none that passed.",
                    (Query(f"sum(hub_open_cases_warned{{{_HERE}}})"),),
                    steps=RISES,
                ),
                Panel(
                    Kind.STAT,
                    "超期",
                    "有时限已超过的在办事件。",
                    "Open cases with a limit that has passed.",
                    (Query(f"sum(hub_open_cases_breached{{{_HERE}}})"),),
                    steps=ALARMS,
                ),
                Panel(
                    Kind.STAT,
                    "无唯一责任单位",
                    "没有且仅有一个责任单位的在办事件；必须为 0。",
                    "Open cases without exactly one accountable unit; must be 0.",
                    (Query(f"sum(hub_open_cases_without_one_accountable_unit{{{_HERE}}})"),),
                    steps=ALARMS,
                ),
            ),
        ),
        Row(
            "考核 · Scores",
            (
                Panel(
                    Kind.BARS,
                    "各项比率",
                    "本区近二十八天各项比率。",
                    "The district's rates over the last 28 days.",
                    (
                        Query(
                            'hub_score_ratio{by="district", subject="$district", days="28", rate!="score"}',
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
                    "本区近二十八天综合得分。",
                    "The district's score over the last 28 days.",
                    (Query('hub_score_ratio{by="district", subject="$district", days="28", rate="score"}'),),
                    unit="percentunit",
                    steps=SHARES,
                    height=10,
                    quiet="no citizen of the last 28 days has been called back yet",
                ),
                Panel(
                    Kind.STAT,
                    "办理时长中位数",
                    "本区近二十八天从首次上报到办结的中位时长。",
                    "Median time from a case's first signal until it was resolved, last 28 days.",
                    (
                        Query(
                            "hub_score_handling_seconds"
                            '{by="district", subject="$district", days="28", quantile="0.5"}'
                        ),
                    ),
                    unit="s",
                    height=10,
                    quiet="no case of the last 28 days is closed yet",
                ),
            ),
        ),
        Row(
            "街乡镇 · Towns",
            (
                Panel(
                    Kind.BARS,
                    "各街乡镇在办",
                    "在办事件最多的二十个街乡镇。",
                    "The twenty towns with most open cases.",
                    (
                        Query(
                            f"topk(20, sum by (district, town) (hub_town_open_cases{{{_HERE}}})){_BY_TOWN}",
                            "{{name}}",
                        ),
                    ),
                    width=12,
                    height=14,
                ),
                Panel(
                    Kind.BARS,
                    "各街乡镇超期",
                    "超期事件最多的二十个街乡镇。",
                    "The twenty towns with most late cases.",
                    (
                        Query(
                            "topk(20, sum by (district, town)"
                            f' (hub_town_open_cases{{{_HERE}, risk="breached"}})){_BY_TOWN}',
                            "{{name}}",
                        ),
                    ),
                    steps=ALARMS,
                    width=12,
                    height=14,
                ),
            ),
        ),
        Row(
            "办理 · Work",
            (
                Panel(
                    Kind.BARS,
                    "各类别在办",
                    "在办事件按一级类别。",
                    "Open cases by category at the top of the tree.",
                    (
                        Query(
                            f"sum by (category) (hub_category_open_cases{{{_HERE}}})"
                            " * on (category) group_left (name) hub_category_info",
                            "{{name}}",
                        ),
                    ),
                    width=8,
                ),
                Panel(
                    Kind.LINES,
                    "每小时办理",
                    "每小时的新开、签收、办结、重开、升级。",
                    "Cases opened, signed for, resolved, reopened, escalated in an hour.",
                    (
                        Query(
                            "sum by (move) (increase(hub_case_moves_total"
                            f'{{{_HERE}, move=~"opened|signed_for|resolved|reopened|escalated"}}[1h]))',
                            "{{move}}",
                        ),
                    ),
                    width=8,
                ),
                Panel(
                    Kind.LINES,
                    "时限风险",
                    "已预警或已超过的时限，按种类。",
                    "Limits that have warned or passed, by kind.",
                    (
                        Query(
                            f"sum by (clock, risk) (hub_open_cases_limits_at_risk{{{_HERE}}})",
                            "{{clock}} {{risk}}",
                        ),
                    ),
                    width=8,
                    quiet="no limit has warned",
                ),
            ),
        ),
        Row(
            "未诉先办 · Before the complaint",
            (
                Panel(
                    Kind.BARS,
                    "生效中的预警",
                    "本区正在生效的风险预警，按颜色。",
                    "Early warnings of the district that go on, by colour.",
                    (Query(f"sum by (colour) (hub_active_warnings{{{_HERE}}})", "{{colour}}"),),
                    steps=RISES,
                    width=24,
                    height=6,
                    quiet="no warning goes on",
                ),
                Panel(
                    Kind.BARS,
                    "重点标签",
                    "重复诉求、治理类街乡镇、主动办理的在办事件。",
                    "Open cases: repeat appeals, towns under remediation, proactive.",
                    (Query(f"hub_tagged_open_cases{{{_HERE}}}", "{{tag}}"),),
                    width=8,
                ),
                Panel(
                    Kind.BARS,
                    "在办隐患",
                    "在办安全隐患，按等级。",
                    "Open cases of safety hazards by grade.",
                    (Query(f"hub_open_hazards_cases{{{_HERE}}}", "{{grade}}"),),
                    steps=RISES,
                    width=8,
                ),
                Panel(
                    Kind.STAT,
                    "传感器在线率",
                    "本区听得到的传感器占全部之比。",
                    "Share of the district's sensors that are heard.",
                    (
                        Query(
                            f'sum(hub_sensors{{{_HERE}, condition="online"}}) / sum(hub_sensors{{{_HERE}}})'
                        ),
                    ),
                    unit="percentunit",
                    steps=SHARES,
                    width=8,
                    quiet="the district has no sensors",
                ),
            ),
        ),
    ),
    (Choice("district", "区", "hub_district_info", "district", "name"),),
)
