"""The fleet, and who asks -> what they may see of it now; nothing else is listed, counted, found or told as news."""

from __future__ import annotations

from datetime import UTC, datetime

from collectors.store.fleet import Fleet, FleetPage, Moment, Wish
from dash_app.auth.fleet import Sight
from dash_app.auth.identity import asking


class FleetReader:
    """The fleet as whoever asks may see it; may be asked from several threads."""

    def __init__(self, fleet: Fleet, sight: Sight, stale_after_seconds: float) -> None:
        self._fleet = fleet
        self._sight = sight
        self.stale_after_seconds = stale_after_seconds

    def page(self, wish: Wish) -> FleetPage:
        """A page of what is wished. Raises StoreProblem."""
        return self._fleet.page(wish, self._sight.of(asking()), self._moment())

    def sign(self) -> str:
        """Another one whenever anything that they may see becomes another one. Raises StoreProblem."""
        return self._fleet.sign(self._sight.of(asking()), self._moment())

    def _moment(self) -> Moment:
        return Moment(datetime.now(UTC), self.stale_after_seconds)
