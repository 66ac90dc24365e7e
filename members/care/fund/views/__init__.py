"""Pages of the fund, by noun."""
