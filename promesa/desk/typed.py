"""What people type into forms; the reading of it stands in `core.typed`."""

from promesa.core.typed import day, line, number, paragraph, whole_day

__all__ = ["day", "line", "number", "paragraph", "whole_day"]
