"""What several pages of 困难救助 ask of their address."""

from uuid import UUID

from django.http import Http404


def uid_of(text: str) -> UUID:
    """A public identifier as it was sent; what is none is found nowhere."""
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
