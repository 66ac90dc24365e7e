"""Every write of 台账."""

from education.documents.services.books import (
    ask,
    file_name,
    give_out,
    is_one_file,
    make_in_job,
    sweep,
    throw_away,
)

__all__ = ["ask", "file_name", "give_out", "is_one_file", "make_in_job", "sweep", "throw_away"]
