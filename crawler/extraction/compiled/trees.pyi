from collections.abc import Mapping
from typing import Any

class Trees:
    names: tuple[str, ...]
    def __init__(self, model: Mapping[str, Any], *, split: int) -> None: ...
