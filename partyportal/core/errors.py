"""The one error a service raises when a rule refuses: its text is the Chinese sentence the user reads."""


class DomainError(Exception):
    """A refusal. `field` names the form field it belongs to, when it belongs to one."""

    def __init__(self, message: str, *, field: str | None = None):
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return self.message


class Stale(DomainError):
    """Somebody else changed the row since it was read; views show both, the API answers 409."""
