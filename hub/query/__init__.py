"""From a selection or a user's SQL to a plan that any engine can run."""
