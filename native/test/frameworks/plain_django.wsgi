from django_site import application
