"""Every element id the page's wires speak of, written down once.

Input: nothing. Output: constants and `ALL_IDS`. It imports nothing of ours.
"""

from __future__ import annotations

from typing import Final

PAGE: Final = "page"
"""Root of everything Dash draws."""

MAIN: Final = "content"
"""Everything below the bar; where the skip link leads."""

# What the page holds, drawn by nobody.
STATE_VERSION: Final = "state-version"
"""Store: the etag of the state on screen; the feed script changes it, callbacks follow."""
REGION_DIGESTS: Final = "region-digests"
"""Store: region id -> digest of what it shows, so that nothing unchanged is drawn again."""
THEME_NOW: Final = "theme-now"
"""Store: `light` or `dark`, after `auto` has been resolved by the browser."""
VERDICT_NOW: Final = "verdict-now"
"""Store: value, word and reason of the verdict, for the tab's title and icon."""
SELECTED_STAGE: Final = "selected-stage"
"""Store: id of the selected stage, or null."""
TAB: Final = "tab"
"""Store: which tab is open, see `views.page.TABS`."""
GRAPH_VIEW: Final = "graph-view"
"""Store: id of the chosen view of the pipeline (`flow`, `gate`)."""

ANNOUNCER: Final = "announcer"
"""Says a changed verdict to screen readers, and nothing else."""

# The bar at the top.
PIPELINE_TITLE: Final = "pipeline-title"
TABS: Final = "tabs"
VIEWS: Final = "views"
"""The graph panel's own switch between the views of the pipeline."""
RUN_LABEL: Final = "run-label"
THEME_CHOICE: Final = "theme-choice"
"""Store: `auto`, `light` or `dark`."""
RUN_SEARCH: Final = "run-search"
RUN_OPTIONS: Final = "run-options"
RUN_OPENED: Final = "run-opened"
"""Store: how often the run selector was opened; nothing is listed before."""
BASELINE_LABEL: Final = "baseline-label"
BASELINE_SEARCH: Final = "baseline-search"
BASELINE_OPTIONS: Final = "baseline-options"
BASELINE_OPENED: Final = "baseline-opened"
"""Store: how often the baseline selector was opened."""
SHARE: Final = "share"
"""The dialog with addresses to copy."""

# Which runs are looked at.
SHOWN_RUN: Final = "shown-run"
"""Store: id of the stored run on screen; null is the current state."""
BASELINE_CHOICE: Final = "baseline-choice"
"""Store: id of the chosen baseline, `-` for none; null is the pinned one."""
OVERLAY_RUNS: Final = "overlay-runs"
"""Store: ids of the runs whose curves are drawn too."""
RUNS_VERSION: Final = "runs-version"
"""Store: another value whenever this page changed which run is pinned."""

# Regions, in screen order.
FEED_SENTENCE: Final = "feed-sentence"
SNAPSHOT_BANNER: Final = "snapshot-banner"
NOTICES: Final = "notices"
VERDICT: Final = "verdict"
CARDS: Final = "cards"
GRAPH_PANEL: Final = "graph-panel"
CHECKLIST: Final = "checklist"
LOSSES: Final = "losses"
COMPARISON: Final = "comparison"
DECISIONS: Final = "decisions"
LINKS: Final = "links"
LOG: Final = "log"
"""The panel of the training's own logs."""
LOGS_NOW: Final = "logs-now"
"""Store: which logs there are; null without one."""
PREVIEW: Final = "preview"
"""The dialog that shows a file."""
HISTORY: Final = "history"

# The history's own.
HISTORY_WISH: Final = "history-wish"
"""Store: filters, order and page, see `run_query.query_from`."""
HISTORY_TABLE: Final = "history-table"

# Stores of plain trees, drawn into the elements that they are named after.
HISTORY_TREE: Final = "history-table-tree"
RUN_OPTIONS_TREE: Final = "run-options-tree"
BASELINE_OPTIONS_TREE: Final = "baseline-options-tree"

# The comparison's own.
COMPARED: Final = "compared"
"""Store: stream id -> `{others, delta, keys}` of the baseline and the overlaid runs."""
COMPARED_SHOWN: Final = "compared-shown"
"""Store: the same as it is drawn now, with `curves` of those that are near what is looked at."""
COMPARED_DIGESTS: Final = "compared-digests"
"""Store: digests of what the comparison shows."""
PIN: Final = "pin"
"""The dialog that asks before a baseline is pinned."""
PIN_NOTE: Final = "pin-note"
"""Says what became of a wish to pin a baseline."""
GHOST_SERIES: Final = "ghost-series"
"""Store: `val`, or `train` for both curves of the baseline."""

# The graph panel's own.
GRAPH: Final = "graph"
GRAPH_CANVAS: Final = "graph-canvas"
GRAPH_FRAMES: Final = "graph-frames"
GRAPH_OVERLAY: Final = "graph-overlay"
GRAPH_EMPTY: Final = "graph-empty"
GRAPH_SHOWN: Final = "graph-shown"
"""Store: digests of the drawing and of all that its elements say."""
GRAPH_NEWS: Final = "graph-news"
"""Store: what may change of every element, as the state says it now."""
DETAILS_SHOWN: Final = "details-shown"
"""Store: digest of the stage details on screen."""
GRAPH_ANNOUNCER: Final = "graph-announcer"
"""Says changed stages to screen readers."""
STAGE_DETAILS: Final = "stage-details"
STAGE_LIST: Final = "stage-list"

# The decisions' own.
DECISION_CHARTS: Final = "decision-charts"
"""Where the browser draws the scoring."""
DECISIONS_NOW: Final = "decisions-now"
"""Store: run id and digest of the document that is drawn; null without a scoring."""

# How losses are drawn.
LOSS_DATA: Final = "loss-data"
"""Store: stream id -> figures in words, and which version of its curves stands behind them."""
LOSS_SHOWN: Final = "loss-shown"
"""Store: the same as it is drawn now, with the curves of those that are near what is looked at."""
SMOOTHING: Final = "smoothing"
SMOOTHING_NOW: Final = "smoothing-now"
"""The slider's value in figures."""
Y_SCALE: Final = "y-scale"
"""Store: `linear` or `log`."""
X_AXIS: Final = "x-axis"
"""Store: `epoch`, `step` or `time`."""

SHORTCUTS: Final = "shortcuts"
"""The dialog that lists what single keys do."""
CHARTS_CODE: Final = "charts-code"
"""Where a chart that nobody sees makes Dash load what `assets/curves` draw with, once somebody is there."""
METRIC_WISH: Final = "metric-wish"
"""Store: stream id -> group of metrics that is open -> how many of them are drawn."""
METRIC_DATA: Final = "metric-data"
"""Store: stream id -> group -> figures of its metrics in words."""
METRIC_SHOWN: Final = "metric-shown"
"""Store: the same as it is drawn now, with their curves."""
METRIC_DIGESTS: Final = "metric-digests"
"""Store: digest of what the metrics' charts draw."""

ALL_IDS: Final = (
    PAGE,
    MAIN,
    STATE_VERSION,
    REGION_DIGESTS,
    THEME_NOW,
    VERDICT_NOW,
    SELECTED_STAGE,
    TAB,
    GRAPH_VIEW,
    ANNOUNCER,
    PIPELINE_TITLE,
    TABS,
    VIEWS,
    RUN_LABEL,
    THEME_CHOICE,
    RUN_SEARCH,
    RUN_OPTIONS,
    RUN_OPENED,
    BASELINE_LABEL,
    BASELINE_SEARCH,
    BASELINE_OPTIONS,
    BASELINE_OPENED,
    SHARE,
    SHOWN_RUN,
    BASELINE_CHOICE,
    OVERLAY_RUNS,
    RUNS_VERSION,
    FEED_SENTENCE,
    SNAPSHOT_BANNER,
    NOTICES,
    VERDICT,
    CARDS,
    GRAPH_PANEL,
    CHECKLIST,
    LOSSES,
    COMPARISON,
    DECISIONS,
    DECISION_CHARTS,
    DECISIONS_NOW,
    LINKS,
    LOG,
    LOGS_NOW,
    PREVIEW,
    HISTORY,
    HISTORY_WISH,
    HISTORY_TABLE,
    HISTORY_TREE,
    RUN_OPTIONS_TREE,
    BASELINE_OPTIONS_TREE,
    COMPARED,
    COMPARED_SHOWN,
    COMPARED_DIGESTS,
    PIN,
    PIN_NOTE,
    GHOST_SERIES,
    GRAPH,
    GRAPH_CANVAS,
    GRAPH_FRAMES,
    GRAPH_OVERLAY,
    GRAPH_EMPTY,
    GRAPH_SHOWN,
    GRAPH_NEWS,
    DETAILS_SHOWN,
    GRAPH_ANNOUNCER,
    STAGE_DETAILS,
    STAGE_LIST,
    LOSS_DATA,
    LOSS_SHOWN,
    SMOOTHING,
    SMOOTHING_NOW,
    Y_SCALE,
    X_AXIS,
    SHORTCUTS,
    CHARTS_CODE,
    METRIC_WISH,
    METRIC_DATA,
    METRIC_SHOWN,
    METRIC_DIGESTS,
)
"""Every plain id, once."""
