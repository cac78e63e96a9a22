"""The domain library of Wirewatch. It knows nothing of the scheduler that runs it."""
