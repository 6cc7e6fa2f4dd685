"""How many of everything the floor and the application both have."""

LINES = 10
ITEMS = 500
CUSTOMERS = 200
