"""Models that know their answers by heart, as the tests of reading use them."""

from tests.reading.conftest import make_model, matcher, seven

__all__ = ["make_model", "matcher", "seven"]
