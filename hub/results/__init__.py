"""Results: Arrow streams written as files of the formats people use."""
