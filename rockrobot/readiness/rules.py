"""How well a recall of a model would reach today: pure."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rockrobot.effectiveness.rules import percent


class Reach(StrEnum):
    """Whether a letter would reach who has a machine, in the order of ModelReadiness."""

    REACHABLE = "reachable"
    WITHOUT_ADDRESS = "without_address"
    WITHOUT_OWNER = "without_owner"
    IN_STOCK = "in_stock"


@dataclass(frozen=True)
class ModelReadiness:
    """Machines of one model, scrapped and stolen ones left out; each stands in exactly one count."""

    device_model_id: int
    model_code: str
    name: str
    reachable: int
    without_address: int
    without_owner: int
    in_stock: int

    @property
    def machines(self) -> int:
        """All machines that a recall would be about."""
        return self.outside + self.in_stock

    @property
    def outside(self) -> int:
        """Machines that are not ours: those somebody must be reached for."""
        return self.reachable + self.without_address + self.without_owner

    @property
    def share(self) -> Decimal | None:
        """Share of the machines outside whose owner can be written to, per cent floored; None where all are ours.

        Source: our choice, as all percentages of a recall.
        """
        return percent(self.reachable, self.outside)
