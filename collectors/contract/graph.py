"""What the state says of the pipeline graph: stages, edges, groups, views, and the state of each node."""

from __future__ import annotations

from collectors.contract.values import Contract, GridPlace, Id, LinkTemplate, Status, Text, UtcTime


class StreamInfo(Contract):
    """One trained model."""

    id: Id
    """Its id, the same from disk to CSS class."""
    label: Text
    """Its name on screen."""


class Position(Contract):
    """Where a stage stands on the view's grid; the page scales it."""

    column: GridPlace
    """Grid column, 0 at the left."""
    row: GridPlace
    """Grid row, 0 at the top."""


class StageInfo(Contract):
    """One step of the pipeline, drawn as a node."""

    id: Id
    """Its id."""
    label: Text
    """Its name on screen."""
    group: Id | None
    """The group it is drawn in."""
    view: Id
    """The view it is drawn in."""
    position: Position
    """Its place."""


class EdgeInfo(Contract):
    """What flows from one stage to the next."""

    source: Id
    """Stage it leaves."""
    target: Id
    """Stage it enters."""


class GroupInfo(Contract):
    """A frame around stages."""

    id: Id
    """Its id."""
    label: Text
    """Its name on screen."""
    view: Id
    """The view it is drawn in."""


class ViewInfo(Contract):
    """One fixed drawing of the pipeline."""

    id: Id
    """Its id, `flow` and `gate` by default."""
    label: Text
    """Its name on screen."""


class Pipeline(Contract):
    """All that is needed to draw the graph."""

    streams: tuple[StreamInfo, ...]
    """Streams in training order."""
    stages: tuple[StageInfo, ...]
    """Stages of every view."""
    edges: tuple[EdgeInfo, ...]
    """Edges of every view."""
    groups: tuple[GroupInfo, ...]
    """Groups of every view."""
    views: tuple[ViewInfo, ...]
    """Views in tab order."""
    link_template: LinkTemplate | None = None
    """Where the team's own file browser shows a file: an https address with `{path}`; null without one."""


class Node(Contract):
    """What one stage is doing."""

    status: Status
    """Its status."""
    message: Text
    """One short sentence with numbers and no durations since now."""
    updated_at: UtcTime
    """When status or message last changed."""
    since: UtcTime | None
    """When the status began, or was first seen where the files do not tell; null when neither is known."""
    checks: tuple[Id, ...]
    """Ids of the checks it rests on."""
    artifacts: tuple[Text, ...]
    """Workspace-relative paths of its files."""
