"""Who gets which task: eligibility, limits, the order of tasks, claims."""
