-- Who is how good in each period: those with enough cases and a score; equals (to 9 decimals) share a place.
CREATE TABLE places AS
SELECT period, kind, subject, rank() OVER (PARTITION BY period, kind ORDER BY round(score, 9) DESC) AS place
FROM rates
WHERE kind <> 'city' AND assessed >= $fewest_assessed AND score IS NOT NULL;
