"""Several trained models as one: merged into one file, calibrated, scored and reported beside each of them."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from tenfold.comparison import Trainings
from tenfold.data import Dataset, load_dataset
from tenfold.ensembles.calibration import calibrate_together
from tenfold.ensembles.members import LoadedMember, choose_data, open_members, train_missing
from tenfold.errors import can_report, cannot_write, needs_extra
from tenfold.evaluation import Predictions, answer, compare, latency_ms, measure_cost, predict, score
from tenfold.files import write_json
from tenfold.inference.classifier import Member
from tenfold.metrics import wilson_interval
from tenfold.reading import Classifier, ModelCard
from tenfold.reports import write_report
from tenfold.run import Run
from tenfold.run.find import RUNS
from tenfold.version import __version__

if TYPE_CHECKING:
    from tenfold.training.calibration import Calibration

_CHECKED_VIEWS = 1000


def ensemble(
    models: Sequence[str | Path | Run],
    *,
    seeds: int = 3,
    data: str | Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    data_dir: str | Path | None = None,
    out: str | Path = RUNS,
    **trainings: Unpack[Trainings],
) -> Run:
    """Merge trained models into one that answers with the mean of their probabilities; score and report it.

    models: runs, their folders, .onnx files that tenfold made, or recipes, two members or more in all, of the same
    classes. A recipe stands for its runs with the seeds from 0 on, as in `compare`: found in out, or trained into it,
    changed by overrides and watched likewise. data: what recipes are trained on, and the dataset whose test split
    scores the ensemble, and each member beside it, once; None takes the one that the members' recipes name. out: the
    folder that gets the ensemble's folder, which is like a run's, with members.json in place of a history. Raises
    UsageError where the models do not go together, TenfoldError where one, the data, a training or the disk fails.
    """
    found = train_missing(models, seeds=seeds, data=data, overrides=overrides, out=out, data_dir=data_dir, **trainings)
    members = open_members(found)
    scored_on = choose_data(members, data)
    with needs_extra("train", "an ensemble"):
        from tenfold import training  # noqa: F401  first: it settles how torch's threads wait

        # isort: split
        import tomli_w

        from tenfold.exporting import check_merged, merge_onnx
        from tenfold.run.folder import RunFolder
    dataset = load_dataset(scored_on["test"] or scored_on["name"], "test", data_dir=data_dir)
    together = calibrate_together(members, data_dir)
    recipe = {
        "model": "ensemble",
        "data": scored_on,
        "members": {member.name: member.sha256 for member in members},
    }
    folder = RunFolder.claim(Path(out), "ensemble", tomli_w.dumps(recipe), resume=False)
    try:
        run = Run(folder.path)
        merge_onnx([member.classifier.path for member in members], _card(members, together.calibration), run.onnx)
        difference = check_merged([m.classifier for m in members], run.onnx, dataset.images[:_CHECKED_VIEWS])
        cost = {"cost": measure_cost(run.onnx).to_json()}
        write_json(run.path / "environment.json", _environment(members, together.images) | cost)
        calibration = {"images": together.images, "sentence": together.sentence}
        _score(run, members, dataset, {"calibration": calibration, "onnx_difference": difference})
        return folder.finish()
    except BaseException as error:
        folder.discard()
        if isinstance(error, OSError):
            raise cannot_write(folder.path, error, elsewhere="choose another --out") from None
        raise
    finally:
        folder.release()


def _card(members: list[LoadedMember], found: "Calibration") -> ModelCard:
    hashes = {member.card.data_sha256 for member in members}
    return ModelCard(
        classes=members[0].card.classes,
        framing=members[0].card.framing,
        recipe="ensemble",
        data_sha256=hashes.pop() if len(hashes) == 1 else "",
        version=__version__,
        members=tuple(Member(member.name, member.sha256, member.card.data_sha256) for member in members),
        data_parts=tuple(sorted({part for member in members for part in member.card.data_parts})),
        **asdict(found),
    )


def _environment(members: list[LoadedMember], held: int) -> dict[str, Any]:
    """environment.json: this machine; the members' own test data; what all of them took to train, added up."""
    import torch

    from tenfold.training.environment import describe_environment

    environments = [member.run.environment if member.run else {} for member in members]
    trained = [environment.get("training", {}) for environment in environments]
    sums = {
        key: sum(training[key] for training in trained)
        for key in ("train_seconds", "epochs", "parameters")
        if all(key in training for training in trained)
    }
    tests = [environment.get("data", {}).get("test") for environment in environments]
    test = {"test": tests[0]} if tests[0] and all(other == tests[0] for other in tests) else {}
    described = describe_environment(torch.device("cpu"), torch.float32)
    return {**described, "data": {"validation": {"n": held}, **test}, "training": sums}


def _score(run: Run, members: list[LoadedMember], dataset: Dataset, known: dict[str, Any]) -> None:
    """members.json, scores.json and the report: the ensemble's answers beside those of each member."""
    together = predict(run, dataset)
    answers = {member.name: answer(member.classifier, dataset) for member in members}
    rows = [_row(m.name, answers[m.name], m.classifier, dataset) | {"sha256": m.sha256} for m in members]
    best = min(rows, key=lambda row: row["errors"])["name"]
    accuracies = [row["accuracy"] for row in rows]
    found = {
        "ensemble": _row(run.name, together, Classifier(run.onnx), dataset),
        "members": rows,
        "members_accuracy": {"mean": statistics.fmean(accuracies), "spread": statistics.stdev(accuracies)},
        "against_best": compare(together, answers[best], run.name, best).to_json(),
        "dataset": {"name": dataset.name, "split": dataset.split, "sha256": dataset.sha256, "n": len(dataset)},
    }
    write_json(run.path / "members.json", found | known)
    scores = score(together, run)
    if can_report():
        write_report(run, scores)
    else:
        write_json(run.path / "scores.json", scores.to_json())


def _row(name: str, answers: Predictions, classifier: Classifier, dataset: Dataset) -> dict[str, Any]:
    n, right = len(answers.labels), int(answers.right.sum())
    return {
        "name": name,
        "recipe": classifier.card.recipe,
        "accuracy": right / n,
        "accuracy_ci95": list(wilson_interval(right, n)),
        "errors": n - right,
        "size_bytes": classifier.path.stat().st_size,
        "latency_ms": latency_ms(classifier.probabilities, dataset.images[:1]),
    }
