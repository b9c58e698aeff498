"""`python -m reference` writes them all; `make docs` does so too, and then builds the site."""

from reference.pages import write

if __name__ == "__main__":
    write()
