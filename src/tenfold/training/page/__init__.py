"""Training of the network that finds digits on a page."""
