"""The same answers as JSON and files: one blueprint each."""
