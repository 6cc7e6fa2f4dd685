"""What allocation does: promises, and shares scarce stock by the plan that was signed."""

from promesa.allocation.operations.promising import promise_again, promise_orders

__all__ = ["promise_again", "promise_orders"]
