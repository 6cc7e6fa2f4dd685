"""Static files with a stamp of their bytes in the address, so that a browser never keeps an old one."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class StampedStatics(StaticFilesStorage):
    """`/static/core/promesa.css?v=3f2a9c01`."""

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> str:
        address = super().url(name)
        stamp = (_stamp.__wrapped__ if settings.DEBUG else _stamp)(name or "")
        return f"{address}?v={stamp}" if stamp else address


@lru_cache(maxsize=512)
def _stamp(name: str) -> str:
    found = finders.find(name.split("#")[0])
    if not found:
        return ""
    return hashlib.sha256(Path(str(found)).read_bytes()).hexdigest()[:8]
