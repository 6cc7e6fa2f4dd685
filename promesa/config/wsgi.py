"""The door of the web server."""

import os

from django.core.wsgi import get_wsgi_application

from promesa.config import collector

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "promesa.config.settings")
os.environ.setdefault("PROMESA_DOOR", "web")

application = get_wsgi_application()
collector.settle()
