"""The gap of training and validation is taken at the epoch whose weights were kept."""

from tenfold.evaluation.training_gap import TrainingGap, training_gap
from tenfold.run import Run


def test_the_gap_is_that_of_the_kept_epoch(run: Run) -> None:
    assert training_gap(run) == TrainingGap(2, 0.92, 0.94, 100)


def test_there_is_no_gap_without_held_out_images(run: Run) -> None:
    (run.path / "history.csv").write_text("epoch,train_accuracy,val_accuracy\n2,0.9,nan\n")
    assert training_gap(Run.open(run.path)) is None
    (run.path / "history.csv").unlink()
    assert training_gap(Run.open(run.path)) is None


def test_chance_shrinks_with_the_number_of_held_out_images() -> None:
    few, many = TrainingGap(1, 0.9, 0.9, 25), TrainingGap(1, 0.9, 0.9, 2500)
    assert abs(few.chance - 0.1176) < 1e-4
    assert abs(few.chance / many.chance - 10) < 1e-9
