from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "tenantline.conversations"
    label = "conversations"
