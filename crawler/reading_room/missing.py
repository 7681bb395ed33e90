"""What is asked for and not there."""


class Missing(Exception):
    """There is no such thing here; `what` says what, `advice` what next."""

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice
