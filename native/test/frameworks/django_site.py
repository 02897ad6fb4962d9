"""A Django site of one file that uses what its test client can send; `application` is what a server runs."""
import hashlib
import io
import os

import django
from django.conf import settings

if not settings.configured:
    settings.configure(
        SECRET_KEY="not one",
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["*"],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.http.ConditionalGetMiddleware",
        ],
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        LOGGING_CONFIG=None,
    )
    django.setup()

from django.core.exceptions import PermissionDenied
from django.core.wsgi import get_wsgi_application
from django.http import FileResponse, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.urls import path, re_path


def digest(content):
    return [len(content), hashlib.sha256(content).hexdigest()]


def echo(request, rest=""):
    """Says what the framework made of the request."""
    files = {name: [file.name, file.content_type, digest(file.read())] for name, file in request.FILES.items()}
    return JsonResponse(
        {
            "method": request.method,
            "path": request.path,
            "rest": rest,
            "query": dict(request.GET.lists()),
            "form": dict(request.POST.lists()),
            "files": files,
            "cookies": request.COOKIES,
            "type": request.content_type,
            "custom": request.headers.get("X-Custom"),
            "host": request.get_host(),
        }
    )


def raw(request):
    return JsonResponse({"method": request.method, "body": digest(request.body), "type": request.content_type})


def redirect(request):
    return HttpResponseRedirect("/echo/there?from=redirect", status=int(request.GET.get("status", 302)))


def status(request, code):
    return HttpResponse(b"" if code in (204, 304) else b"status %d" % code, status=code)


def denied(request):
    raise PermissionDenied


def fails(request):
    raise KeyError("on purpose")


def cookies(request):
    response = HttpResponse("cookies")
    response.set_cookie("first", "a value", max_age=100)
    response.set_cookie("second", "b", path="/echo", httponly=True)
    return response


def session(request):
    request.session["visits"] = request.session.get("visits", 0) + 1
    return HttpResponse("visit %d" % request.session["visits"])


def stream(request):
    return StreamingHttpResponse(b"part %d\n" % number for number in range(200))


def file(request):
    return FileResponse(open(__file__, "rb"), as_attachment=True, filename="sïte.py")


def memory(request):
    return FileResponse(io.BytesIO(b"m" * 70000), content_type="application/x-memory")


def large(request):
    return HttpResponse(os.path.basename(__file__).encode() * 50000)


def condition(request):
    response = HttpResponse("conditional")
    response["ETag"] = '"tag"'
    return response


urlpatterns = [
    re_path("^echo/(?P<rest>.*)$", echo),
    path("raw", raw),
    path("redirect", redirect),
    path("status/<int:code>", status),
    path("denied", denied),
    path("fails", fails),
    path("cookies", cookies),
    path("session", session),
    path("stream", stream),
    path("file", file),
    path("memory", memory),
    path("large", large),
    path("condition", condition),
]

application = get_wsgi_application()
