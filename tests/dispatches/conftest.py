from tests.follow_ups.conftest import case, register

__all__ = ["case", "register"]
