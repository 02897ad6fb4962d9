# Lets an editor attach to a server whose WSGI script is left as it is. Apache runs it when a process starts:
#     WSGIImportScript /srv/mod_wsgi_debug/listen.wsgi process-group=GROUP application-group=%{GLOBAL}
# mod_wsgi-express takes a file with that line by --include-file; its process group is localhost:PORT.
import os
import sys

_folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
if _folder not in sys.path:
    sys.path.append(_folder)

import mod_wsgi_debug

mod_wsgi_debug.listen()
