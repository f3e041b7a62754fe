"""What other programs see of a sandbox that runs: metrics for Prometheus, spans for OpenTelemetry.

Both observe requests at the port `web/serving/recorder.py`, beside the journal, and each needs an extra.
"""
