from django.apps import AppConfig


class LabelsConfig(AppConfig):
    name = "gtcrowd.labels"
