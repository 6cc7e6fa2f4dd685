"""Facturae 3.2, 3.2.1 and 3.2.2, the electronic invoice of Spain: read into neutral documents, and 3.2.2 written unsigned."""
