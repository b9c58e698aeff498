"""No second is counted twice, whatever is timed within whatever."""

import time

import pytest

from tenfold.stopwatch import Stopwatch


def test_what_is_timed_within_a_part_counts_for_the_inner_one_only(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([0.0, 1.0, 4.0, 10.0, 20.0, 22.0])
    monkeypatch.setattr(time, "perf_counter", lambda: next(now))
    clock = Stopwatch()
    with clock.timing("steps"), clock.timing("validation"):
        pass  # 1 to 4, within 0 to 10
    with clock.timing("steps"):
        pass
    assert clock.seconds == {"validation": 3.0, "steps": 7.0 + 2.0}


def test_a_part_that_fails_is_counted_too() -> None:
    clock = Stopwatch()
    with pytest.raises(ValueError, match="no"), clock.timing("export"):
        raise ValueError("no")
    assert clock.seconds["export"] >= 0
