from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "gtcrowd.jobs"
