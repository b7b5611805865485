from django.apps import AppConfig


class FeedConfig(AppConfig):
    name = "tenantline.feed"
    label = "feed"
