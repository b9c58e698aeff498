"""What is made in a page that is otherwise written by hand stands between two marks."""


def filled(page: str, begin: str, content: str, end: str) -> str:
    """The page with this content between its marks, lines of their own that are each there once."""
    before, _, rest = page.partition(begin)
    return f"{before}{begin}\n{content.strip()}\n\n{end}{rest.partition(end)[2]}"
