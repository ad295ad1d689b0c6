"""Benchmarks: `gtcrowd bench NAME`. Each is one module of `gtcrowd.bench.benchmarks`; there is no list to add it to."""
