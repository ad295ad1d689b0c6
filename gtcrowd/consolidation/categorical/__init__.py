"""One class per task: tables of answers, the parts that methods share, and in `methods` one file per method."""
