"""The debugger's part inside the web application's process.

It replaces ``pdb.Pdb`` so that every pdb session (post mortem, ``breakpoint()``, ``pdb.set_trace()``) becomes a stop in
the editor, over a private socket to the debug adapter. Standard library only, Python 3.8 and later.
"""
