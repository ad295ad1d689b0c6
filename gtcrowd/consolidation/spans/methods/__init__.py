"""The methods for spans, one file each."""
