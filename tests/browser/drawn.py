"""What a hand draws on the pad: strokes of points in shares of its side."""

SEVEN = [[(0.28, 0.25), (0.72, 0.25), (0.6, 0.5), (0.47, 0.8)]]
FOUR = [[(0.4, 0.2), (0.32, 0.4), (0.25, 0.58), (0.72, 0.58)], [(0.6, 0.35), (0.58, 0.6), (0.56, 0.85)]]
ONE = [[(0.38, 0.36), (0.5, 0.2), (0.5, 0.5), (0.49, 0.8)]]
SCRIBBLE = [
    [(0.2, 0.2), (0.8, 0.3), (0.2, 0.4), (0.8, 0.5), (0.3, 0.7), (0.7, 0.8), (0.2, 0.3), (0.5, 0.9), (0.6, 0.2)],
    [(0.8, 0.9), (0.1, 0.6), (0.9, 0.2), (0.3, 0.9), (0.9, 0.7), (0.1, 0.3)],
]


def draw(page, strokes, steps=6):
    """Strokes with the mouse, as a hand would: down, along, up."""
    box = page.locator("#canvas").bounding_box()
    for stroke in strokes:
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point, steps=steps)
        page.mouse.up()
