"""Run selector, history and comparison."""
