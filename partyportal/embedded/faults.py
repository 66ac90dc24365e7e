"""What can go wrong with the embedded servers, as one sentence for the person at the keyboard."""


class EmbeddedFault(Exception):
    """The servers cannot run here; the text says why and what to do."""
