"""Every write of 请核实."""

from education.signals.services.looking import Looked, look
from education.signals.services.steps import answer, ask, dismiss

__all__ = ["Looked", "answer", "ask", "dismiss", "look"]
