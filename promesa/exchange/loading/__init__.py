"""Loading what another system holds: masters, stock, and the history of orders."""
