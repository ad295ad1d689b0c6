"""Labels by a job's post-annotation hook: `batches` calls it for the objects that ended, `payload` is its format."""
