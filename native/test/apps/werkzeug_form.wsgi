"""What Werkzeug makes of a form: its fields, and size and digest of its files."""
import hashlib
import json

from werkzeug.wrappers import Request, Response


@Request.application
def application(request):
    files = {}
    for name, file in request.files.items():
        content = file.read()
        files[name] = [file.filename, len(content), hashlib.sha256(content).hexdigest()]
    return Response(json.dumps({"fields": request.form.to_dict(), "files": files}), mimetype="application/json")
