"""引擎: whether the workers keep up, and what stands in their way."""

from deploy.grafana.boards.panels import ALARMS, Board, Kind, Panel, Query, Row, limits, percentile

ENGINE = Board(
    "hub-engine",
    "引擎 · Engine",
    "各步骤是否跟得上、事务是否正常、状态是否恢复。",
    "Whether the steps keep up, transactions commit and state is there.",
    (
        Row(
            "现在 · Now",
            (
                Panel(
                    Kind.STAT,
                    "停滞的步骤",
                    "有记录等待却无提交的最长时间。",
                    "Longest time that records waited while a step committed nothing.",
                    (Query("max(hub_step_stalled_seconds)"),),
                    unit="s",
                    steps=limits(10, 60),
                ),
                Panel(
                    Kind.STAT,
                    "待处理记录",
                    "所有步骤尚未处理的记录数。",
                    "Records that wait for a step, all steps together.",
                    (Query("sum(hub_step_lag_records)"),),
                    steps=limits(10_000, 100_000),
                ),
                Panel(
                    Kind.STAT,
                    "每秒处理",
                    "所有步骤每秒提交的记录数（五分钟均值）。",
                    "Records that all steps commit in a second, mean of five minutes.",
                    (Query("sum(rate(hub_step_records_total[5m]))"),),
                    unit="cps",
                ),
                Panel(
                    Kind.STAT,
                    "失去的会话",
                    "一小时内放弃状态、重新加入的次数。",
                    "How often loops dropped their state and joined again, in an hour.",
                    (Query("sum(increase(hub_sessions_lost_total[1h])) or vector(0)"),),
                    steps=limits(1, 5),
                ),
            ),
        ),
        Row(
            "流量 · Flow",
            (
                Panel(
                    Kind.LINES,
                    "各步骤每秒记录",
                    "每个步骤每秒提交的记录数。",
                    "Records that each step commits in a second.",
                    (Query("sum by (step) (rate(hub_step_records_total[5m]))", "{{step}}"),),
                    unit="cps",
                    width=12,
                ),
                Panel(
                    Kind.LINES,
                    "各步骤积压",
                    "每个步骤前等待的记录数；持续上升说明跟不上。",
                    "Records that wait for each step; if it keeps rising the step falls behind.",
                    (Query("sum by (step) (hub_step_lag_records)", "{{step}}"),),
                    width=12,
                ),
                Panel(
                    Kind.LINES,
                    "事务耗时",
                    "从开始到提交，第 50 和 99 百分位。",
                    "Time from the beginning of a transaction to its commit, median and 99th percentile.",
                    (
                        Query(
                            percentile(0.5, "hub_commit_seconds", "worker"),
                            "{{worker}} p50",
                        ),
                        Query(
                            percentile(0.99, "hub_commit_seconds", "worker"),
                            "{{worker}} p99",
                        ),
                    ),
                    unit="s",
                    width=12,
                ),
                Panel(
                    Kind.LINES,
                    "每批耗时",
                    "一个步骤处理一批的时间，第 99 百分位。",
                    "Time that a step works on one batch, 99th percentile.",
                    (
                        Query(
                            percentile(0.99, "hub_step_batch_seconds", "step"),
                            "{{step}}",
                        ),
                    ),
                    unit="s",
                    width=12,
                ),
            ),
        ),
        Row(
            "故障 · Trouble",
            (
                Panel(
                    Kind.LINES,
                    "中止的事务",
                    "按原因；其输入会重做一次，不丢不重。",
                    "Aborted transactions by cause; their input is done again, once.",
                    (
                        Query(
                            "sum by (worker, cause) (increase(hub_transactions_aborted_total[5m]))",
                            "{{worker}} {{cause}}",
                        ),
                    ),
                    width=12,
                    quiet="no transaction was aborted since the worker started",
                ),
                Panel(
                    Kind.LINES,
                    "死信",
                    "按原因，每五分钟写入死信的记录。",
                    "Records that went to dead letters in five minutes, by reason.",
                    (Query("sum by (reason) (increase(hub_dead_letters_total[5m]))", "{{reason}}"),),
                    width=12,
                    quiet="no record was bad since the worker started",
                ),
                Panel(
                    Kind.STAT,
                    "投递失败",
                    "一小时内写入单位主题失败的次数。",
                    "Failed tries in an hour to write an order to its unit's topic.",
                    (Query("sum(increase(hub_delivery_failures_total[1h]))"),),
                    steps=limits(1, 20),
                ),
                Panel(
                    Kind.STAT,
                    "时钟偏差",
                    "工作进程与消息代理时钟之差的最大值。",
                    "Largest difference between a worker's clock and the broker's.",
                    (Query("max(abs(hub_clock_skew_seconds))"),),
                    unit="s",
                    steps=limits(1, 30),
                    quiet="time is simulated",
                ),
                Panel(
                    Kind.STAT,
                    "读不懂的记录",
                    "导出器读不懂而略过的记录数。",
                    "Records that the exporter could not read and left out.",
                    (Query("sum(hub_exporter_unreadable_total) or vector(0)"),),
                    steps=ALARMS,
                ),
                Panel(
                    Kind.STAT,
                    "恢复中",
                    "恢复状态还需读取的记录数；0 表示已恢复。",
                    "Records still to be read before all steps have their state; 0 once they have.",
                    (Query("sum(hub_restore_remaining_records)"),),
                    steps=limits(1, 1_000_000),
                ),
            ),
        ),
        Row(
            "状态与资源 · State and resources",
            (
                Panel(
                    Kind.LINES,
                    "状态行数",
                    "每个步骤保存的行数。",
                    "Rows that each step keeps.",
                    (Query("sum by (step) (hub_state_rows)", "{{step}}"),),
                    width=8,
                ),
                Panel(
                    Kind.LINES,
                    "状态大小",
                    "每个步骤保存的行的编码大小。",
                    "Size of the rows that each step keeps, as they are encoded.",
                    (Query("sum by (step) (hub_state_bytes)", "{{step}}"),),
                    unit="bytes",
                    width=8,
                ),
                Panel(
                    Kind.LINES,
                    "进程内存",
                    "每个进程占用的内存。",
                    "Memory of each process.",
                    (Query("process_resident_memory_bytes", "{{job}} {{instance}}"),),
                    unit="bytes",
                    width=8,
                ),
            ),
        ),
    ),
)
