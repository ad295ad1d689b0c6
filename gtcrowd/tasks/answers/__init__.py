"""What workers hand in, and what they see of it: drafts, submission, gold questions, earnings, shortcuts."""
