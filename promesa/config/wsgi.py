"""The door of the web server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "promesa.config.settings")
os.environ.setdefault("PROMESA_DOOR", "web")

application = get_wsgi_application()
