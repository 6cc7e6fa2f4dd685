"""TRADACOMS orders (United Kingdom). Read only."""

from promesa.exchange.formats.tradacoms.read import looks_like, read

__all__ = ["looks_like", "read"]
