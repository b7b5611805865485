"""Django's pages as a WSGI application; ``config/asgi.py`` puts it behind a thread pool."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenantline.config.settings")

application = get_wsgi_application()
