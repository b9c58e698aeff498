"""What a recipe may say: every key, its type, its range and what it means when left out.

The classes below are the single source: they validate a recipe, and the recipe that a run folder keeps is
their dump with every default written out.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]

_SHA256 = (
    "of its {}, filled in when the recipe is loaded, so that another file is another recipe; where a recipe holds it, "
    "another file is an error"
)


class Table(BaseModel):
    """A table of a recipe: unknown keys are errors, values keep their type, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, protected_namespaces=())


class Data(Table):
    """Which images, and how many of them are held out of training."""

    name: str = Field(
        "mnist",
        description="a dataset of the catalogue, or the path of a folder, a .csv or an .npz; a relative path leads "
        "from this file's folder where it exists there, else from the working folder, as one given by --set does",
    )
    also: dict[Annotated[str, Field(min_length=1)], Annotated[int, Field(ge=1, le=1000)]] = Field(
        default_factory=dict,
        description="more datasets, named likewise and of the same classes, whose training images are added to name's, "
        "and how many times each of them is trained on in an epoch",
    )
    test: str = Field(
        "", description="what the run is scored on, named likewise, once, at its end; empty means name's test split"
    )
    validation: Share = Field(0.1, description="share of the training images held out, stratified, fixed by the seed")
    limit: Annotated[int, Field(ge=0)] = Field(
        0,
        description="use this many of the training images, those held out for validation included, drawn with the seed "
        "(stratified); 0, or more than there are, means all",
    )

    @property
    def names(self) -> tuple[str, ...]:
        """Every dataset that is trained on, in the order of their images."""
        return (self.name, *self.also)


class Augmentation(Table):
    """Random changes to each training image in each epoch; 0 turns one off."""

    rotation: Annotated[float, Field(ge=0, le=180)] = Field(0.0, description="degrees, uniform in ± this")
    scale: Share = Field(0.0, description="share, uniform in 1 ± this, each axis for itself")
    shear: Annotated[float, Field(ge=0, le=45)] = Field(0.0, description="degrees of slant, uniform in ± this")
    translation: Annotated[float, Field(ge=0, le=14)] = Field(0.0, description="pixels, uniform in ± this")
    elastic: Annotated[float, Field(ge=0, le=10)] = Field(
        0.0, description="pixels: standard deviation of a smooth displacement field (Simard et al. 2003)"
    )
    elastic_smoothness: Annotated[float, Field(ge=1, le=14)] = Field(
        4.0, description="pixels: how far the elastic field keeps its direction"
    )
    erasing: Annotated[float, Field(ge=0, le=1)] = Field(
        0.0, description="chance that a rectangle of an image is set to 0 (Zhong et al. 2017)"
    )
    blur: Annotated[float, Field(ge=0, le=1)] = Field(
        0.0, description="half of the images are mixed with their blurred selves, uniform in 0 to this share"
    )
    haze: Annotated[float, Field(ge=0, le=1)] = Field(
        0.0, description="half of the images are mixed with a smooth grey ground, uniform in 0 to this share"
    )
    noise: Annotated[float, Field(ge=0, le=1)] = Field(
        0.0, description="half of the images get Gaussian noise, its standard deviation uniform in 0 to this; ink is 1"
    )
    flip: Annotated[float, Field(ge=0, le=1)] = Field(
        0.0,
        description="chance that an image is mirrored left to right; an error where the classes are digits, letters or "
        "other signs, for a mirrored 2 is no 2",
    )


class Init(Table):
    """Where weights start: those of a run whose layers fit; a layer of another shape starts fresh.

    The classifier, which is the last layer, also starts fresh where the run's classes have other names.
    """

    run: Annotated[str, Field(min_length=1)] = Field(description="a run's folder; a relative path as in data.name")
    sha256: str = Field("", description=_SHA256.format("model.safetensors"))
    freeze: list[str] = Field(
        default_factory=list,
        description="layers that are not trained: 'features' (all but the last), or the names of modules in the model",
    )


class Optimizer(Table):
    """How gradients change weights."""

    name: Literal["adam", "adamw", "sgd", "rmsprop"] = Field("adam", description="torch's optimizer of that name")
    lr: Positive = Field(1e-3, description="learning rate; with a schedule, its peak")
    momentum: Share = Field(0.0, description="sgd and rmsprop")
    nesterov: bool = Field(False, description="sgd with momentum")
    weight_decay: NotNegative = Field(
        0.0, description="adamw: taken off each weight as such (decoupled); the others: added to the gradient, as L2"
    )
    groups: dict[str, Positive] = Field(
        default_factory=dict,
        description="factors of the learning rate for some layers: 'features' (all but the last), 'classifier' (the "
        "last), or the names of modules in the model, which count before those two, the longest before the others",
    )

    @model_validator(mode="after")
    def _fits(self) -> "Optimizer":
        if self.nesterov and (self.name != "sgd" or self.momentum == 0):
            raise ValueError("nesterov needs name = 'sgd' and a momentum above 0")
        if self.momentum and self.name not in ("sgd", "rmsprop"):
            raise ValueError(f"momentum is for sgd and rmsprop; {self.name} has its own")
        return self


class Schedule(Table):
    """How the learning rate moves over the run, step by step."""

    name: Literal["constant", "cosine", "one-cycle", "step", "exponential", "plateau"] = Field(
        "constant", description="the curve from the first step to the last"
    )
    warmup: Share = Field(0.0, description="share of the run in which the rate rises linearly from 0 to its peak")
    final: Share = Field(0.0, description="cosine and one-cycle: the rate at the end, as a share of the peak")
    every: Annotated[int, Field(ge=1)] = Field(5, description="step: epochs between two drops")
    factor: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.5, description="step and plateau: a drop multiplies the rate by this; exponential: each epoch does"
    )
    patience: Annotated[int, Field(ge=1)] = Field(
        2, description="plateau: epochs without a better val_loss before a drop"
    )


class Selection(Table):
    """Selective backpropagation (Jiang et al. 2019): once most images are easy, train only on the hardest."""

    after: Share = Field(description="share of the run's images after which selecting begins")
    of: Annotated[int, Field(ge=2, le=100)] = Field(
        description="each step looks at this many batches and trains on the batch of highest loss among them"
    )


class Teacher(Table):
    """Distillation (Hinton et al. 2015): a trained model's answers to the same augmented images are targets too.

    The loss is weight · temperature² · cross entropy against the teacher's softened answers, and (1 - weight) · cross
    entropy against the labels, to which label_smoothing belongs. With selection, the labels' loss says which images are
    hardest, and the teacher answers for those only.
    """

    run: Annotated[str, Field(min_length=1)] = Field(
        description="a run's folder or a .onnx, with the same classes; a relative path as in data.name"
    )
    sha256: str = Field("", description=_SHA256.format("model.onnx"))
    temperature: Annotated[float, Field(ge=0.1, le=100)] = Field(
        3.0, description="divides the logits of both; the higher, the more the unlikely classes count"
    )
    weight: Annotated[float, Field(gt=0, le=1)] = Field(0.9, description="share of the teacher's targets in the loss")


class EarlyStopping(Table):
    """When to stop before the last epoch; the best epoch's weights come back."""

    monitor: Literal["val_loss", "val_accuracy"] = Field("val_loss", description="what decides which epoch is best")
    patience: Annotated[int, Field(ge=1)] = Field(3, description="epochs without a better value before stopping")
    min_delta: NotNegative = Field(0.0, description="what counts as better: by more than this")


class Ema(Table):
    """An exponential moving average of the weights, which is what is kept."""

    decay: Annotated[float, Field(gt=0, lt=1)] = Field(0.99, description="share of the average kept at each step")


class Compute(Table):
    """Where and how precisely the arithmetic runs."""

    device: Literal["auto", "cpu", "cuda", "mps"] = Field("auto", description="auto: a GPU where there is one")
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto",
        description="auto: bfloat16 where the processor multiplies it natively and the model is convolutional",
    )


class Reference(Table):
    """What a classic's source reported, shown beside what is measured; it decides nothing."""

    data: str = Field("mnist", description="the dataset whose test split the source was scored on")
    test_accuracy: float | None = Field(None, description="as a share")
    test_loss: float | None = Field(None, description="cross entropy in nats")
    train_accuracy: float | None = Field(None, description="as a share")
    test_recall: float | None = Field(None, description="mean over classes, as a share")
    note: str = Field("", description="what else the source says")


class Recipe(Table):
    """Everything that decides a run."""

    model: str = Field(description="a model's name")
    model_options: dict[str, Any] = Field(default_factory=dict, description="keyword arguments of the model's function")
    epochs: Annotated[int, Field(ge=1, le=100_000)] = Field(10, description="epochs to train at most")
    batch_size: Annotated[int, Field(ge=1, le=1_000_000)] = Field(128, description="images a step")
    seed: Annotated[int, Field(ge=0, lt=2**32)] = Field(
        0,
        description="of weights, order, augmentation, dropout and split: the same seed on one machine is the same run",
    )
    label_smoothing: Share = Field(0.0, description="share of each label that is spread evenly over all classes")
    rejection_error: Share = Field(
        0.001,
        description="a reader calls an answer unsure below the confidence from which on at most this share of its "
        "answers to the validation images is expected to be wrong, by the calibrated probabilities",
    )
    onnx_weights: Literal["float32", "float16"] = Field(
        "float32",
        description="how model.onnx stores its weights: float16 halves the file and costs no "
        "time, for each is widened once, when the model is loaded; eleven bits of it are kept",
    )
    report: bool = Field(
        True,
        description="write report.html, the figures and the model card; false leaves scores.json alone, and decides "
        "nothing else",
    )
    data: Data = Field(default_factory=Data)
    init: Init | None = None
    teacher: Teacher | None = None
    augmentation: Augmentation = Field(default_factory=Augmentation)
    optimizer: Optimizer = Field(default_factory=Optimizer)
    schedule: Schedule = Field(default_factory=Schedule)
    selection: Selection | None = None
    early_stopping: EarlyStopping | None = None
    ema: Ema | None = None
    compute: Compute = Field(default_factory=Compute)
    reference: Reference | None = None

    @model_validator(mode="after")
    def _fits(self) -> "Recipe":
        needs_validation = self.early_stopping is not None or self.schedule.name == "plateau"
        if needs_validation and self.data.validation == 0:
            raise ValueError(
                "early stopping and the plateau schedule watch validation: data.validation must be above 0"
            )
        if self.teacher is not None and self.teacher.weight == 1 and self.label_smoothing:
            raise ValueError(
                "label_smoothing smooths the labels, and teacher.weight = 1 leaves no share to them: lower one of them"
            )
        return self
