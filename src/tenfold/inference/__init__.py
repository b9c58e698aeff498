"""The inference room: a model file and what it answers to 28×28 views, with numpy and ONNX Runtime only."""
