"""The `promesa` command."""
