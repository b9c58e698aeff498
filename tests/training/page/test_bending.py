import cv2
import numpy as np

from tenfold.training.page.bending import bent


def test_a_bent_pages_marks_move_with_its_ink() -> None:
    page = np.full((256, 256), 255, np.uint8)
    boxes = [(30, 40, 60, 90), (150, 20, 190, 60), (100, 180, 110, 240)]
    for left, top, right, bottom in boxes:
        middle, half = ((left + right) // 2, (top + bottom) // 2), ((right - left) // 2, (bottom - top) // 2)
        cv2.ellipse(page, middle, half, 0, 0, 360, 0, -1)
    marks = np.array([(7, *box) for box in boxes], np.float32)
    off, moved_by = [], []
    for seed in range(20):
        seen, moved = bent(page, marks, np.random.default_rng(seed))
        stats = cv2.connectedComponentsWithStats((seen < 128).astype(np.uint8))[2][1:]
        ink = np.array(sorted((x, y, x + width, y + height) for x, y, width, height, _area in stats))
        off.append(np.abs(ink - sorted(moved[:, 1:].tolist())).mean())
        moved_by.append(np.abs(ink - sorted(marks[:, 1:].tolist())).mean())
    assert np.mean(moved_by) > 1.2
    assert np.mean(off) < 0.85
