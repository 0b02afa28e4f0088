from tests.effectiveness.conftest import running

__all__ = ["running"]
