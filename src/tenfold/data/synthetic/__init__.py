"""What the project draws itself: handwriting, print, scribbles, numbers, and paper with its pictures."""
