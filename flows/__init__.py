"""What runs, and when: Prefect flows over the steps of monitors.ingest."""
