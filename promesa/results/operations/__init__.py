"""What results write: facts and verdicts, derived from the rooms below and always rebuildable."""

from promesa.results.operations.auditing import AuditedAlready, CapturedByAuditor, draw_sample, record_audit
from promesa.results.operations.refreshing import Refreshed, refresh_facts

__all__ = ["AuditedAlready", "CapturedByAuditor", "Refreshed", "draw_sample", "record_audit", "refresh_facts"]
