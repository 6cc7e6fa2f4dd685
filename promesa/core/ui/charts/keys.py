"""Keys of charts: a square in the colour of its series, beside its word."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.safestring import SafeString

from promesa.core.ui.speech import safe, said


def swatch(css: str) -> SafeString:
    """The square of one series; `only` and `coming` are drawn as they look in the chart, a stroke and a dotted outline."""
    if css == "only":
        body = '<path class="only" d="M6 0v12"/>'
    elif css == "coming":
        body = '<rect class="coming" x="1" y="1" width="10" height="10" rx="1.5"/>'
    else:
        body = f'<rect class="{said(css)}" x="1" y="1" width="10" height="10" rx="1.5"/>'
    return safe(f'<svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">{body}</svg>')


def key(entries: Sequence[tuple[str, str | Promise]]) -> SafeString:
    """A list of (class, words) as the key beneath a chart."""
    items = "".join(f"<li>{swatch(css)}{said(words)}</li>" for css, words in entries)
    return safe(f'<ul class="key">{items}</ul>')
