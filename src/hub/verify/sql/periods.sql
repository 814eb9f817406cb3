-- The week (from Monday) and the month that each day lies in, by name.
CREATE TABLE periods AS
SELECT day, unnest([strftime(day, '%G-W%V'), strftime(day, '%Y-%m')]) AS period
FROM (SELECT DISTINCT day FROM cases);
