from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "tenantline.mail"
    label = "mail"
