"""The playground's form: what was typed, what it means, and the way back from a selection."""
