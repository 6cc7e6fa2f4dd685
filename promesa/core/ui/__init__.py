"""What people see: words for numbers and dates, the two signatures, charts. Each piece is a pure function that returns text."""
