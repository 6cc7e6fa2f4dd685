"""Pure rules of what comes in: who buys, what draft a document makes, and how a stored document is read again."""

from promesa.exchange.rules.drafts import Buyer, Place, draft_of
from promesa.exchange.rules.names import Named, names_of
from promesa.exchange.rules.revival import revived

__all__ = ["Buyer", "Named", "Place", "draft_of", "names_of", "revived"]
