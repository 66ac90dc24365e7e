"""The portal's parts as template tags: a builtin library, so no template says `load`.

Every argument is keyword-only, so a misspelled one is an error when the template is compiled. Tags format; they never
query. Leaves that stand in every row of a list are plain functions (a template for each would cost more than the row);
parts with inner structure have a template under templates/ui/. `docs/components.md` has one usage line for each.
"""

from partyportal.core.templatetags.ui import buttons, figures, forms, lists, pages, tables, words  # noqa: F401  they register
from partyportal.core.templatetags.ui.library import register

__all__ = ["register"]
