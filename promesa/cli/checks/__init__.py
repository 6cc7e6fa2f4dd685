"""The independent checker: one SQL file an invariant, which shares nothing with the application but the tables."""
