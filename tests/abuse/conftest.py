from tests.abuse.house import house

__all__ = ["house"]
