"""全市一屏: the whole city now, and from each figure down to its district."""

from deploy.grafana.boards.panels import (
    ALARMS,
    RISES,
    SHARES,
    Board,
    Kind,
    Panel,
    Query,
    Row,
    limits,
    percentile,
)

_BY_NAME = " * on (district) group_left (name) hub_district_info"
"""Shows a district's name; the series keeps its code, which a click passes on."""

_NOW = Row(
    "现在 · Now",
    (
        Panel(
            Kind.STAT,
            "在办事件",
            "尚未办结的事件。",
            "Cases that are not over.",
            (Query('sum(hub_cases{stage!~"closed|joined|invalid"})'),),
            width=4,
        ),
        Panel(
            Kind.STAT,
            "无唯一责任单位",
            "没有且仅有一个责任单位的在办事件；必须为 0（首接负责制）。",
            "Open cases without exactly one accountable unit; must be 0.",
            (Query("sum(hub_open_cases_without_one_accountable_unit)"),),
            steps=ALARMS,
            width=4,
        ),
        Panel(
            Kind.STAT,
            "临期",
            "有时限已预警、尚无超期的在办事件。",
            "Open cases with a limit that has warned and none that passed.",
            (Query("sum(hub_open_cases_warned)"),),
            steps=RISES,
            width=4,
        ),
        Panel(
            Kind.STAT,
            "超期",
            "有时限已超过的在办事件。",
            "Open cases with a limit that has passed.",
            (Query("sum(hub_open_cases_breached)"),),
            steps=ALARMS,
            width=4,
        ),
        Panel(
            Kind.STAT,
            "派单时长 p99",
            "从收到诉求到主办单位收到派单，第 99 百分位（一刻钟）。",
            "From a signal's arrival to the order of the lead unit, 99th percentile of a quarter of an hour.",
            (Query(percentile(0.99, "hub_ticket_to_order_seconds", window="15m")),),
            unit="s",
            steps=limits(5, 60),
            width=4,
            quiet="time is simulated, or nothing came in the last quarter of an hour",
        ),
        Panel(
            Kind.STAT,
            "账目差额",
            "收到而未记账的记录；长期不为 0 说明有丢失或重复。",
            "Records taken and not accounted for; if it stays off 0, some are lost or doubled.",
            (Query("sum(abs(hub_ledger_imbalance_records))"),),
            steps=limits(1, 10_000),
            width=4,
            down_to="hub-feeds",
        ),
    ),
)

_DISTRICTS = Row(
    "各区 · Districts",
    (
        Panel(
            Kind.BARS,
            "各区在办事件",
            "各区尚未办结的事件；点击进入该区。",
            "Cases of each district that are not over; a click opens the district.",
            (
                Query(
                    f'sum by (district) (hub_cases{{stage!~"closed|joined|invalid"}}){_BY_NAME}', "{{name}}"
                ),
            ),
            width=8,
            height=12,
            down_to="hub-district",
        ),
        Panel(
            Kind.BARS,
            "各区超期",
            "各区有时限已超过的在办事件。",
            "Open cases of each district with a limit that has passed.",
            (Query(f"sum by (district) (hub_open_cases_breached){_BY_NAME}", "{{name}}"),),
            steps=ALARMS,
            width=8,
            height=12,
            down_to="hub-district",
        ),
        Panel(
            Kind.BARS,
            "各区今日新增",
            "各区二十四小时内新开的事件。",
            "Cases opened in each district in 24 hours.",
            (Query(f"sum by (district) (increase(hub_cases_opened_total[24h])){_BY_NAME}", "{{name}}"),),
            width=8,
            height=12,
            down_to="hub-district",
        ),
    ),
)

_WHAT = Row(
    "阶段与类别 · Stages and categories",
    (
        Panel(
            Kind.BARS,
            "各阶段事件",
            "在办事件按所处阶段。",
            "Open cases by stage.",
            (Query('sum by (stage) (hub_cases{stage!~"closed|joined|invalid"})', "{{stage}}"),),
            width=8,
        ),
        Panel(
            Kind.BARS,
            "各类别在办",
            "在办事件按一级类别。",
            "Open cases by category at the top of the tree.",
            (
                Query(
                    "sum by (category) (hub_category_open_cases)"
                    " * on (category) group_left (name) hub_category_info",
                    "{{name}}",
                ),
            ),
            width=8,
        ),
        Panel(
            Kind.STACK,
            "每小时新增",
            "每小时新开的事件，按一级类别。",
            "Cases opened in an hour, by category at the top of the tree.",
            (
                Query(
                    "sum by (category) (increase(hub_cases_opened_total[1h]))"
                    " * on (category) group_left (name) hub_category_info",
                    "{{name}}",
                ),
            ),
            width=8,
        ),
        Panel(
            Kind.LINES,
            "时限风险",
            "已预警或已超过的时限，按种类。",
            "Limits that have warned or passed, by kind.",
            (Query("sum by (clock, risk) (hub_open_cases_limits_at_risk)", "{{clock}} {{risk}}"),),
            width=12,
            quiet="no limit has warned",
        ),
        Panel(
            Kind.LINES,
            "每小时办理",
            "每小时的签收、办结、回访、重开、升级、异议。",
            "Cases signed for, resolved, called back, reopened, escalated, objected to in an hour.",
            (
                Query(
                    "sum by (move) (increase(hub_case_moves_total"
                    '{move=~"signed_for|resolved|called_back|reopened|escalated|objected"}[1h]))',
                    "{{move}}",
                ),
            ),
            width=12,
        ),
    ),
)

_BEFORE = Row(
    "未诉先办 · Before the complaint",
    (
        Panel(
            Kind.BARS,
            "生效中的预警",
            "正在生效的风险预警，按颜色。",
            "Early warnings that go on, by colour.",
            (Query("sum by (colour) (hub_active_warnings)", "{{colour}}"),),
            steps=RISES,
            width=12,
            quiet="no warning goes on",
        ),
        Panel(
            Kind.STAT,
            "预警准确率",
            "近二十八天已有结论的预警中属实的比例。",
            "Of the last 28 days' warnings that are judged, the share that came true.",
            (
                Query(
                    'sum(hub_recent_warnings{verdict="right"})'
                    ' / (sum(hub_recent_warnings{verdict=~"right|wrong"}) > 0)'
                ),
            ),
            unit="percentunit",
            steps=SHARES,
            width=12,
            quiet="no warning of the last 28 days is judged yet",
        ),
        Panel(
            Kind.BARS,
            "重点标签",
            "重复诉求、治理类街乡镇、主动办理、需要帮助的在办事件。",
            "Open cases: repeat appeals, towns under remediation, proactive, of people who need help.",
            (Query("hub_city_tagged_open_cases", "{{tag}}"),),
            width=8,
        ),
        Panel(
            Kind.BARS,
            "在办隐患",
            "在办安全隐患，按等级。",
            "Open cases of safety hazards by grade.",
            (Query("sum by (grade) (hub_open_hazards_cases)", "{{grade}}"),),
            steps=RISES,
            width=8,
        ),
        Panel(
            Kind.STAT,
            "传感器在线率",
            "听得到的传感器占全部之比。",
            "Share of sensors that are heard.",
            (Query('sum(hub_sensors{condition="online"}) / sum(hub_sensors)'),),
            unit="percentunit",
            steps=SHARES,
            width=8,
            down_to="hub-feeds",
        ),
    ),
)

_SCORES = Row(
    "考核 · Scores",
    (
        Panel(
            Kind.BARS,
            "三率",
            "近二十八天响应率、解决率、满意率。",
            "Response, resolution and satisfaction rates of the last 28 days.",
            (
                Query(
                    'hub_score_ratio{by="city", days="28", rate=~"response|resolution|satisfaction"}',
                    "{{rate}}",
                ),
            ),
            unit="percentunit",
            steps=SHARES,
            width=8,
            height=10,
            quiet="no citizen of the last 28 days has been called back yet",
        ),
        Panel(
            Kind.BARS,
            "各区综合得分",
            "近二十八天各区综合得分；点击进入该区。",
            "Score of each district over the last 28 days; a click opens the district.",
            (
                Query(
                    'sum by (district) (hub_score_ratio{by="district", days="28", rate="score"})'
                    f"{_BY_NAME}",
                    "{{name}}",
                ),
            ),
            unit="percentunit",
            steps=SHARES,
            width=8,
            height=10,
            down_to="hub-district",
            quiet="no citizen of the last 28 days has been called back yet",
        ),
        Panel(
            Kind.BARS,
            "各区万人诉求比",
            "近二十八天各区每万居民的诉求数。",
            "Citizens' tickets per 10,000 residents of each district, last 28 days.",
            (
                Query(
                    'sum by (district) (hub_score_appeals_per_resident_ratio{by="district", days="28"})'
                    f" * 10000{_BY_NAME}",
                    "{{name}}",
                ),
            ),
            width=8,
            height=10,
            down_to="hub-district",
        ),
    ),
)

CITY = Board(
    "hub-city",
    "全市一屏 · City",
    "全市此刻：在办、时限、预警、隐患、物联、评分；点击下钻到区。",
    "The whole city now: open cases, limits, warnings, hazards, sensors, scores; a click goes down.",
    (_NOW, _DISTRICTS, _WHAT, _BEFORE, _SCORES),
)
