"""PDFs with an XML document inside: Factur-X and ZUGFeRD invoices, Order-X orders, any other that carries one that is read."""
