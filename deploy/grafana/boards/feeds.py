"""四路数据与物联感知: whether the feeds are alive, every record is accounted for, sensors are heard."""

from deploy.grafana.boards.panels import ALARMS, SHARES, Board, Kind, Panel, Query, Row, limits

FEEDS = Board(
    "hub-feeds",
    "数据源与物联感知 · Feeds and sensors",
    "各路数据是否新鲜、账目是否平衡、传感器是否在线。",
    "Whether feeds are fresh, the ledger balances and sensors are heard.",
    (
        Row(
            "数据源 · Feeds",
            (
                Panel(
                    Kind.BARS,
                    "数据新鲜度",
                    "距上次处理各路数据记录的时间。",
                    "Time since the hub last handled a record of each feed.",
                    (Query("hub_feed_age_seconds", "{{feed}}"),),
                    unit="s",
                    steps=limits(900, 3_600),
                    width=12,
                ),
                Panel(
                    Kind.STACK,
                    "每分钟收到",
                    "各路数据每分钟被接受的记录。",
                    "Records of each feed that were accepted in a minute.",
                    (
                        Query(
                            'sum by (feed) (rate(hub_ledger_records_total{tally="accepted"}[5m])) * 60',
                            "{{feed}}",
                        ),
                    ),
                    unit="cpm",
                    width=12,
                ),
                Panel(
                    Kind.STAT,
                    "账目差额",
                    "收到的记录减去已记账的记录；长期不为 0 说明有丢失或重复。",
                    "Records taken minus records accounted for; if it stays off 0, some are lost or doubled.",
                    (Query("sum(abs(hub_ledger_imbalance_records))"),),
                    steps=limits(1, 10_000),
                ),
                Panel(
                    Kind.STAT,
                    "接受率",
                    "被接受的记录占全部记录之比。",
                    "Share of all records that were accepted.",
                    (
                        Query(
                            'sum(hub_ledger_records_total{tally="accepted"}) / sum(hub_ledger_records_total)'
                        ),
                    ),
                    unit="percentunit",
                    steps=SHARES,
                ),
                Panel(
                    Kind.LINES,
                    "未被接受的记录",
                    "每小时被拒绝、重复、迟到或成为死信的记录。",
                    "Records an hour that were rejected, duplicate, late or dead.",
                    (
                        Query(
                            "sum by (feed, tally)"
                            ' (increase(hub_ledger_records_total{tally!="accepted"}[1h]))',
                            "{{feed}} {{tally}}",
                        ),
                    ),
                    width=12,
                    quiet="every record was accepted",
                ),
            ),
        ),
        Row(
            "物联感知 · Sensors",
            (
                Panel(
                    Kind.STAT,
                    "传感器在线率",
                    "听得到的传感器占全部之比。",
                    "Share of sensors that are heard.",
                    (Query('sum(hub_sensors{condition="online"}) / sum(hub_sensors)'),),
                    unit="percentunit",
                    steps=SHARES,
                ),
                Panel(
                    Kind.BARS,
                    "失联传感器",
                    "各区失联的传感器数。",
                    "Silent sensors by district.",
                    (
                        Query(
                            'sum by (district) (hub_sensors{condition="silent"})'
                            " * on (district) group_left (name) hub_district_info",
                            "{{name}}",
                        ),
                    ),
                    steps=limits(1, 10),
                    width=9,
                    down_to="hub-district",
                ),
                Panel(
                    Kind.LINES,
                    "持续的报警",
                    "按种类统计仍在持续的传感器报警。",
                    "Alarms of sensors that go on, by kind.",
                    (Query("sum by (kind) (hub_active_alarms)", "{{kind}}"),),
                    width=9,
                ),
                Panel(
                    Kind.STAT,
                    "未确认的报警",
                    "仍在持续而无人确认的报警。",
                    "Alarms that go on and that nobody has acknowledged.",
                    (Query('sum(hub_alarms{state="active_unacked"})'),),
                    steps=ALARMS,
                ),
            ),
        ),
    ),
)
