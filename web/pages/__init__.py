"""Pages: one blueprint each."""
