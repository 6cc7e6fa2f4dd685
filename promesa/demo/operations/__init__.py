"""What may be done to the demo company: build it."""

from promesa.demo import labels as labels  # its sentences belong to the refusal below
from promesa.demo.operations.building import OtherCompanyHere, Progress, build

__all__ = ["OtherCompanyHere", "Progress", "build"]
