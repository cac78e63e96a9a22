"""Alerts: policy, messages, outbox and channels."""
