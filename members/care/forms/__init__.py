"""Forms of 关怀, by noun."""
