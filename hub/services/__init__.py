"""One call for each thing that a user can ask, always with the user who asks."""
