"""Pictures that the project draws itself, with what is on them known to the pixel."""
