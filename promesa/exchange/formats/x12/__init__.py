"""ANSI X12: files of interchanges of transaction sets become neutral documents, each with all its faults; and answers are written."""

from promesa.exchange.formats.x12.read import looks_like, read, read_each

__all__ = ["looks_like", "read", "read_each"]
