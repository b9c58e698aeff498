"""Training of the two networks that find and judge digits on a page."""
