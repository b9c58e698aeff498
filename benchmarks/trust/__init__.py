"""What is tried to break tenfold: inputs that a fuzzer makes, and processes that are killed."""
