"""The one error that people see: what went wrong and what to do about it."""


class HubError(Exception):
    """A failure somebody outside the code can mend; `message` says what, `fix` how. Exit code 2."""

    exit_code = 2

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message}\nFix: {self.fix}" if self.fix else self.message
