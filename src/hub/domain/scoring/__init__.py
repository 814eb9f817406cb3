"""Scoring 考核: what each case counts for, sums by day and subject, rates, scores and rankings. Pure."""
