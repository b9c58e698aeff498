"""Side-by-side measurements against peers: each one command, results kept as JSON."""
