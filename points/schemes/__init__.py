"""Schemes as data: what a county may start from. Each file quotes its source and says what that leaves open."""

from points.schemes import default, dongyang, honggang, huaning, nitun, rural, unit, xintan
from points.schemes.template import Template

TEMPLATES: tuple[Template, ...] = tuple(module.TEMPLATE for module in (default, dongyang, huaning, honggang, unit, rural, xintan, nitun))
BY_CODE = {template.code: template for template in TEMPLATES}

__all__ = ["BY_CODE", "TEMPLATES", "Template"]
