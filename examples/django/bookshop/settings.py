"""The least that a Django project needs: no database, no templates."""

import os

SECRET_KEY = "an example's key, good for nothing else"
# Set to 1 for Django's own error pages; mod_wsgi shows the error where it happens either way.
DEBUG = os.environ.get("BOOKSHOP_DEBUG") == "1"
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]

ROOT_URLCONF = "bookshop.urls"
WSGI_APPLICATION = "bookshop.wsgi.application"
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]

USE_TZ = True
