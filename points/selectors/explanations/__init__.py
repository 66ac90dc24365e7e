"""为什么是这个分: every line of the ledger in sentences a member understands, for the page, the print, the letter and the API alike."""

from points.selectors.explanations.background import Background, background_of
from points.selectors.explanations.lines import Line, explained, explained_one_by_one
from points.selectors.explanations.reasons import Reason, reasons_of

__all__ = ["Background", "Line", "Reason", "background_of", "explained", "explained_one_by_one", "reasons_of"]
