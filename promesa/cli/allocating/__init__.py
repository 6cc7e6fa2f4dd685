"""The subcommands of `promesa allocate`."""
