"""Breakpoints in WSGI scripts: where templates are debugged, debugpy takes every file that is not ``.py`` for one."""

PYTHON_ENDINGS = (".wsgi", ".pyw")


def treat_as_python():
    """Have debugpy set breakpoints in files with :data:`PYTHON_ENDINGS` as in other Python. Asked again, it does nothing."""
    from _pydevd_bundle.pydevd_api import PyDevdAPI

    original = PyDevdAPI.add_breakpoint
    if original.__module__ == __name__:
        return

    def add_breakpoint(self, py_db, original_filename, breakpoint_type, *arguments, **options):
        if original_filename.lower().endswith(PYTHON_ENDINGS):
            breakpoint_type = "python-line"
        return original(self, py_db, original_filename, breakpoint_type, *arguments, **options)

    PyDevdAPI.add_breakpoint = add_breakpoint
