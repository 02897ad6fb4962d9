from wsgiref.validate import validator

from flask_site import application as site

application = validator(site)
