"""Consolidate answers from files into files: no database, no Django; on one machine or a Dask cluster."""
