"""A trained model, carried out of torch: ONNX, with or without the framing of a picture inside it; several as one."""

from tenfold.exporting.ensemble import check_merged, log_mean, merge_onnx
from tenfold.exporting.half import store_half
from tenfold.exporting.onnx import check_onnx, export_onnx
from tenfold.exporting.picture_onnx import add_framing, check_framing

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
