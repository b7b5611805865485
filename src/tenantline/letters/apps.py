from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "tenantline.letters"
    label = "letters"
