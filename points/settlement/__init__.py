"""The ledger's one definition: what should stand, against what stands, and the posting of the difference.

`sql` says what should stand, as text made of pieces: a source of facts, a source of schemes, and what follows from
them. `post` is one use of it; a simulation rolls the same text up, a replay feeds it older sources.
"""

from points.settlement.post import Settlement, settle
from points.settlement.scope import Scope

__all__ = ["Scope", "Settlement", "settle"]
