"""Articles: canonical URLs, fingerprints and copy groups, revisions."""
