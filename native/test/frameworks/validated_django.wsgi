from wsgiref.validate import validator

from django_site import application as site

application = validator(site)
