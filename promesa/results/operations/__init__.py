"""What results write: facts and verdicts, derived from the rooms below and always rebuildable."""

from promesa.results.operations.refreshing import Refreshed, refresh_facts

__all__ = ["Refreshed", "refresh_facts"]
