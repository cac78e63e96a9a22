"""The archive in the browser: pages that a server makes, each with a twin for programs."""
