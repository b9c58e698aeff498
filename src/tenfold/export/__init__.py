"""A trained model, carried out of torch: ONNX."""

from tenfold.export.onnx import check_onnx, export_onnx

__all__ = ["check_onnx", "export_onnx"]
