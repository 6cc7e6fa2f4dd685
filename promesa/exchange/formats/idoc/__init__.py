"""SAP IDocs of orders, flat and as XML. Read only."""

from promesa.exchange.formats.idoc.read import looks_like, read, read_root, recognises

__all__ = ["looks_like", "read", "read_root", "recognises"]
