"""名册质量: what of a subtree's roster is incomplete, contradictory or stale, who confirmed it, and what keeping it costs."""
