"""Which view answers which address."""

from django.urls import path

from bookshop import views

urlpatterns = [
    path("", views.index),
    path("books/<slug:title>", views.book),
    path("search", views.search),
    path("fail", views.fail),
]
