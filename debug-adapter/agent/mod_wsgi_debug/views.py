"""What a stop shows beside the frames' own variables: its request and its exception, each as ``{name: value}``."""

import time

from . import exception_details, requests


def of_request():
    """This thread's request, or None where it has none."""
    request = requests.current()
    if request is None:
        return None
    environ = request.environ
    client = environ.get("REMOTE_ADDR", "")
    if environ.get("REMOTE_PORT"):
        client += ":" + environ["REMOTE_PORT"]
    milliseconds = int(request.started * 1000) % 1000
    return {
        "method": request.method,
        "path": request.path,
        "query": environ.get("QUERY_STRING", ""),
        "headers": request.headers(),
        "started": time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(request.started)) + ".%03d" % milliseconds,
        "client": client,
        "environ": environ,
    }


def of_exception(exception):
    """An exception with what led to it, or None where there is none."""
    if exception is None:
        return None
    variables = {
        "exception": exception,
        "type": exception_details.type_name(exception),
        "message": exception_details.message_of(exception),
        "raised_at": exception_details.raised_at(exception),
    }
    cause, how = exception_details.cause_of(exception)
    if cause is not None:
        variables[how] = cause
        variables["chain"] = exception_details.chain(exception)
    notes = getattr(exception, "__notes__", None)
    if notes:
        variables["notes"] = notes
    members = exception_details.members_of(exception)
    if members:
        variables["exceptions"] = members
    return variables
