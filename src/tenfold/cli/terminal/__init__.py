"""What the terminal shows: consoles, tables, progress, lines and JSON."""
