"""DIAN, the electronic invoices of Colombia (UBL 2.1): invoices, credit and debit notes, and the containers they travel in."""
