"""What values of well-known classes show where their ``repr()`` is of little use, or does work that nobody asked for.

A class is known by its module and name and never imported by us; subclasses count.
"""

import datetime


def _bytes(value):
    return "%r (%d bytes)" % (value, len(value)) if len(value) > 16 else repr(value)


def _datetime(value):
    return "%s (%s)" % (value.isoformat(" "), value.strftime("%A"))


def _date(value):
    return "%s (%s)" % (value.isoformat(), value.strftime("%A"))


def _timedelta(value):
    return str(value)


def _django_model(value):
    """The fields that are loaded: ``str()`` of a model, which Django's ``repr()`` shows, may query the database."""
    loaded = vars(value)
    names = [field.attname for field in value._meta.concrete_fields if field.attname in loaded]
    return "%s(%s)" % (type(value).__name__, ", ".join("%s=%r" % (name, loaded[name]) for name in names))


def _django_query_set(value):
    """What is fetched, or the query: ``repr()`` would send it."""
    fetched = value._result_cache
    name = "%s of %s" % (type(value).__name__, value.model.__name__)
    if fetched is None:
        return "%s, not fetched: %s" % (name, value.query)
    return "%s, %d fetched" % (name, len(fetched))


def _flask_request(value):
    content = value.content_type
    body = " (%s, %s bytes)" % (content, value.content_length or 0) if content else ""
    return "%s %s%s" % (value.method, value.full_path.rstrip("?"), body)


def _django_request(value):
    user = vars(value).get("user")
    known = getattr(user, "_wrapped", user)
    by = " by %s" % known if type(known).__name__ not in ("object", "NoneType") else ""
    return "%s %s%s" % (value.method, value.get_full_path(), by)


def _flask_response(value):
    return "%s (%s, %s bytes)" % (value.status, value.mimetype, value.content_length)


_OF_BUILTINS = {
    bytes: _bytes,
    bytearray: _bytes,
    datetime.datetime: _datetime,
    datetime.date: _date,
    datetime.timedelta: _timedelta,
}

_OF_CLASSES = {
    ("django.db.models.base", "Model"): _django_model,
    ("django.db.models.query", "QuerySet"): _django_query_set,
    ("django.http.request", "HttpRequest"): _django_request,
    ("werkzeug.sansio.request", "Request"): _flask_request,
    ("werkzeug.wrappers.response", "Response"): _flask_response,
}


def present(value):
    """A line for a value of one of the classes above, or None for all others.

    :raises Exception: whatever the value's own code raises.
    """
    value = unwrapped(value)
    show = _OF_BUILTINS.get(type(value))
    if show is None:
        show = _of_class(type(value))
    return None if show is None else show(value)


def _of_class(cls):
    for base in cls.__mro__:
        show = _OF_CLASSES.get((base.__module__, base.__name__))
        if show is not None:
            return show
    return None


def unwrapped(value):
    """What a stand-in stands for: Flask's ``request`` and ``g`` are such, and have no attributes of their own to show."""
    cls = type(value)
    if (cls.__module__, cls.__name__) == ("werkzeug.local", "LocalProxy"):
        try:
            return value._get_current_object()
        except RuntimeError:
            return value  # outside of a request there is nothing behind it
    return value
