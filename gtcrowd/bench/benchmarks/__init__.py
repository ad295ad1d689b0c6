"""The benchmarks, one module each, found by `gtcrowd.bench.registry.discover`."""
