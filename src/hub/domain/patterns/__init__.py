"""What the counts of days tell: pure rules over daily sums, whoever made them."""
