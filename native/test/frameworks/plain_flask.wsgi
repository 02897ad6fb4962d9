from flask_site import application
