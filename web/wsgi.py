"""For servers of WSGI: ``gunicorn --threads 8 'web.wsgi:create()'``."""

import os

from flask import Flask

from hub.settings import Settings
from web.app import create_app


def create() -> Flask:
    """Return the app with the settings of the environment."""
    return create_app(Settings.load(os.environ))
