"""Turn rows into totals, totals into frames and frames into measures. Reads every room, writes only its own totals."""
