"""gtcrowd: a crowdsourcing workforce and quality analytics service."""
