"""A trained model, carried out of torch: ONNX, with or without the framing of a picture inside it; several as one."""

from tenfold.export.ensemble import check_merged, log_mean, merge_onnx
from tenfold.export.half import store_half
from tenfold.export.onnx import check_onnx, export_onnx
from tenfold.export.picture_onnx import add_framing, check_framing

__all__ = [
    "add_framing",
    "check_framing",
    "check_merged",
    "check_onnx",
    "export_onnx",
    "log_mean",
    "merge_onnx",
    "store_half",
]
