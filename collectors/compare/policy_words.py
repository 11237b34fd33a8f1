"""The regression policy in words. Pure."""

from __future__ import annotations

from collectors.contract.delta import Policy
from collectors.numbers import plural


def policy_words(policy: Policy) -> str:
    """The policy in one line."""
    allowed = (
        f"{policy.allowed_relative:.4g} of the baseline's value or {policy.allowed_absolute:.4g} for the worse allowed"
    )
    window = "" if policy.window == 1 else f", mean of the last {policy.window}"
    return (
        f"{policy.metric}, {policy.direction} is better, {allowed}, "
        f"at least {plural(policy.minimum_epochs, 'epoch')}{window}"
    )
