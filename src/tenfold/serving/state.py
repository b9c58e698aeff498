"""What the routes share: the model, the queue, the limits, the counts."""

import hashlib
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tenfold.reading import Reader
from tenfold.reading.detector import detector_sha256
from tenfold.serving.batching import SharedClassifier
from tenfold.serving.bodies import Intake
from tenfold.serving.collection import Collection
from tenfold.serving.jobs import Jobs
from tenfold.serving.metrics import Family, Metrics
from tenfold.serving.pictures import Limits
from tenfold.serving.settings import Settings
from tenfold.serving.siblings import Siblings
from tenfold.version import __version__


@dataclass(frozen=True)
class State:
    """Of one process. Made by `State.of`. together: the folder of several processes that serve together."""

    settings: Settings
    classifier: SharedClassifier
    reader: Reader
    jobs: Jobs
    intake: Intake
    metrics: Metrics
    collection: Collection | None
    sha256: str
    detector_sha256: str | None
    together: Path | None

    @classmethod
    def of(cls, settings: Settings, together: Path | None = None) -> "State":
        """Raises TenfoldError where the model, the detector, or the folder for corrections, is of no use."""
        # One thread: a few views take 0.1 ms, and threads that wait for more of them take that time from the readers.
        classifier = SharedClassifier(settings.model, threads=1)
        reader = Reader(classifier, detector=settings.detector)
        return cls(
            settings=settings,
            classifier=classifier,
            reader=reader,
            jobs=Jobs(settings.queue, settings.workers),
            intake=Intake(settings),
            metrics=Metrics(),
            collection=Collection(settings.collect) if settings.collect else None,
            sha256=hashlib.sha256(classifier.path.read_bytes()).hexdigest(),
            detector_sha256=detector_sha256(settings.detector) if reader.detector else None,
            together=together,
        )

    @cached_property
    def siblings(self) -> Siblings | None:
        """This process among the server's others; None where it is the only one."""
        return None if self.together is None else Siblings(self.together, self.families)

    @property
    def limits(self) -> Limits:
        """Of pictures."""
        return Limits(self.settings.max_megapixels, self.settings.max_seconds)

    def describe_model(self) -> dict[str, Any]:
        """What /v1/model answers."""
        card = self.classifier.card
        return {
            "model": card.name,
            "sha256": self.sha256,
            "detector_sha256": self.detector_sha256,
            "tenfold": __version__,
            "card": asdict(card),
            "corrections": self.collection is not None,
            "limits": {
                "mebibytes": self.settings.max_mebibytes,
                "megapixels": self.settings.max_megapixels,
                "files": self.settings.max_files,
                "seconds": self.settings.max_seconds,
            },
        }

    def families(self) -> list[Family]:
        """What this process has to say to /metrics."""
        gauges: dict[str, tuple[str, float]] = {
            "queue_waiting": ("Requests that wait or are being read.", self.jobs.waiting),
            "queue_limit": ("Requests that may wait.", self.jobs.queue),
            "model_calls_total": ("Calls of the model.", self.classifier.calls),
            "model_views_total": ("Views in them.", self.classifier.views),
        }
        return self.metrics.families(gauges)
