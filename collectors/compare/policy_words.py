"""The regression policy in words. Pure."""

from __future__ import annotations

from collectors.compare.regression import no_way, way_of
from collectors.contract.policy import Policy
from collectors.numbers import number_words, percent_words, plural


def policy_words(policy: Policy) -> str:
    """What may become how much worse: `its last value of val_loss may rise by 5 % at most`, metric by metric."""
    others = [policy.of(name) for name in policy.metrics if name != policy.metric]
    return "; ".join(map(_words, [policy, *others]))


def _words(policy: Policy) -> str:
    allowed = [percent_words(policy.allowed_relative)]
    if policy.allowed_absolute:
        allowed.append(number_words(policy.allowed_absolute))
    window = "its last value" if policy.window == 1 else f"the mean of its last {policy.window} values"
    least = "" if policy.minimum_epochs <= 1 else f", after at least {plural(policy.minimum_epochs, 'epoch')}"
    better = way_of(policy.metric, policy)
    if better is None:
        return f"{window} of {policy.metric}{least}; {no_way(policy.metric)}"
    worse = "fall" if better == "higher" else "rise"
    return f"{window} of {policy.metric} may {worse} by {' or '.join(allowed)} at most{least}"
