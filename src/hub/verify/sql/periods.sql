-- The day, week (from Monday) and month that each day lies in, by name.
CREATE TABLE periods AS
SELECT
    day,
    unnest([strftime(day, '%Y-%m-%d'), strftime(day, '%G-W%V'), strftime(day, '%Y-%m')]) AS period
FROM (SELECT DISTINCT day FROM cases);
