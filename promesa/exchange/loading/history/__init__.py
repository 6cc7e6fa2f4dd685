"""The history of orders from another system's tables, by a mapping that says which column is what."""

from promesa.exchange.loading.history.mapping import FileMapping, HistoryMapping, MappingRefused, read_mapping
from promesa.exchange.loading.history.reading import HistoryLoaded, load_history

__all__ = ["FileMapping", "HistoryLoaded", "HistoryMapping", "MappingRefused", "load_history", "read_mapping"]
