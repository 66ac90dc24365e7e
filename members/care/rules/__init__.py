"""The rules of 关怀, by noun. Pure: no Django, no clock."""
