"""Hooks: programs of a requester that the service calls, and that call it; the scheme of both ways in one room.

`calls`            one call of a hook, by the caller that a setting names, with retries
`outgoing`         the caller: signed HTTP, or a program that the operator installed
`addresses`        which addresses may be called: none inside of the operator's network
`posting`          POST under a deadline and a bound
`signature`, `signing_secret`   how calls and deliveries are signed and verified, and with which secret
`retries`          when a hook is tried again
`event`, `pre_annotation`, `post_annotation`   the formats of requests and responses

Which hook a job has is kept by `gtcrowd.jobs.hooks`; objects are prepared by `gtcrowd.tasks.lifecycle.prepare`, labels
made by `gtcrowd.labels.post_annotation`.
"""
