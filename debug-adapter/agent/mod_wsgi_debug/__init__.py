"""The debugger's part inside the web application's process.

It replaces ``pdb.Pdb`` so that every pdb session (post mortem, ``breakpoint()``, ``pdb.set_trace()``) becomes a stop in
the editor, over a private socket to the debug adapter. Standard library only, Python 3.8 and later.

A server that the debug adapter has started is debugged from its start (:mod:`mod_wsgi_debug.bootstrap`). For any other
server, one line in its WSGI script lets an editor attach to it::

    import mod_wsgi_debug; mod_wsgi_debug.listen()
"""

__all__ = ["listen"]

is_launched = False
"""Whether the debug adapter has started this server itself: then it is connected already."""


def __getattr__(name):
    # What attaching takes is of no use to a server that the adapter has started, and would make its start longer.
    if name == "listen":
        from .listener import listen

        return listen
    raise AttributeError("module %r has no attribute %r" % (__name__, name))
