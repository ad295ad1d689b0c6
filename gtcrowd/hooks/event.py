"""What all events for hooks have in common, in the format of Ground Truth's Lambda functions."""

VERSION = "2018-10-16"


def job_arn(*, requester_id: int, job_name: str) -> str:
    """Return the ARN by which functions written for Ground Truth know a job; its name is behind the last colon."""
    return f"arn:aws:sagemaker:local:{requester_id:012d}:labeling-job/{job_name.lower()}"
