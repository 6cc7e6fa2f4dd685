"""The door of the web server."""

import os

from django.core.wsgi import get_wsgi_application

from promesa.config import collector
from promesa.config.processes import end_with

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "promesa.config.settings")
os.environ.setdefault("PROMESA_DOOR", "web")

application = get_wsgi_application()
collector.settle()

# Without the process that started it, which may have been killed, nobody would ever end this one, and it keeps the port.
if server := int(os.environ.get("PROMESA_SERVER", "0")):
    end_with(server, grace_seconds=2)
