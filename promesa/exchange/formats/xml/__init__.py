"""XML documents: one hardened parser (`parsing`), the reading of values (`values`) and the door of each kind (`documents`)."""
