from django.apps import AppConfig


class WorkpageConfig(AppConfig):
    name = "gtcrowd.workpage"
