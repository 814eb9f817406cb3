"""Early warnings 风险预警: evidence makes a score, a score a colour, and time tells whether it was right."""
