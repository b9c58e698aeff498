"""The pages of docs/ that say what the program is, made from the program: `python -m reference`."""
