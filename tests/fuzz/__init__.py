"""Documents damaged at random, read by every reader: `make test` tries a few thousand, `make fuzz` a hundred thousand each."""
