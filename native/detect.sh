#!/bin/sh
# Finds what the build needs and writes it as a Makefile fragment: detect.sh FRAGMENT [PYTHON] [APXS]
#
# A lack is told in two lines of a fixed form, which the editor's problem matcher reads, and ends the build:
#   mod_wsgi-build: error: CODE: what happened; what to do
#     see FILE:LINE
# CODE is one of no-linux, no-apxs, no-python, old-python, no-python-h, no-shared-libpython, no-compiler, not-writable.

set -u

fragment=$1
python=$2
apxs=$3

fail() {
  printf 'mod_wsgi-build: error: %s: %s\n' "$1" "$2" >&2
  printf '  see %s/README.md:%s\n' "$(pwd)" "$(sed -n '/^### What the build needs/=' README.md 2>/dev/null)" >&2
  exit 1
}

find_first() {
  for candidate; do
    command -v "$candidate" 2>/dev/null && return 0
  done
  return 1
}

# Daemon mode stands on epoll, prctl and descriptors passed between processes as Linux has them.
system=$(uname -s 2>/dev/null || echo Linux)
[ "$system" = Linux ] ||
  fail no-linux "this module is for Linux, and here is $system; use the module of mod_wsgi from PyPI (pip install mod_wsgi)"

install_apxs='install apache2-dev (Debian/Ubuntu) or httpd-devel (Fedora), or set APXS'

if [ -z "$apxs" ]; then
  apxs=$(PATH="$PATH:/usr/sbin:/usr/local/apache2/bin" find_first apxs apxs2) ||
    fail no-apxs "neither apxs nor apxs2 is on PATH; $install_apxs"
elif ! command -v "$apxs" >/dev/null 2>&1; then
  fail no-apxs "there is no program $apxs; $install_apxs"
fi
apache_include=$("$apxs" -q INCLUDEDIR 2>/dev/null) && [ -f "$apache_include/httpd.h" ] ||
  fail no-apxs "$apxs does not lead to Apache's headers (no httpd.h in '$apache_include'); $install_apxs"
apr_config=$("$apxs" -q APR_CONFIG 2>/dev/null)
apu_config=$("$apxs" -q APU_CONFIG 2>/dev/null)
apr_flags=$("$apr_config" --includes --cppflags 2>/dev/null | tr '\n' ' ')
apr_libs="$("$apu_config" --link-ld --libs 2>/dev/null) $("$apr_config" --link-ld --libs 2>/dev/null)"
apu_flags=$("$apu_config" --includes 2>/dev/null | tr '\n' ' ')

install_compiler='install gcc (Debian/Ubuntu: build-essential), or set CC'
compiler=${CC:-}
if [ -z "$compiler" ]; then
  compiler=$(find_first cc gcc clang) ||
    fail no-compiler "neither cc, gcc nor clang is on PATH; $install_compiler"
elif ! command -v "${compiler%% *}" >/dev/null 2>&1; then
  fail no-compiler "there is no program ${compiler%% *}; $install_compiler"
fi

[ -n "$python" ] || python=$(find_first python3) ||
  fail no-python 'python3 is not on PATH; install python3 with its development files (python3-dev on Debian/Ubuntu, python3-devel on Fedora), or set PYTHON'

# One start of Python answers everything. The shared library is looked for beside the installation first: an
# installation that was copied or unpacked elsewhere still names the folder of its birth in LIBDIR.
facts=$("$python" - <<'END'
import os, sys, sysconfig

get = sysconfig.get_config_var
version = "%d.%d" % sys.version_info[:2]
base = getattr(sys, "_base_executable", None) or sys.executable
folders = [os.path.join(sys.base_exec_prefix, "lib"), get("LIBDIR"), get("LIBPL")]
if get("MULTIARCH"):
    folders.insert(1, os.path.join(get("LIBDIR") or "", get("MULTIARCH")))
names = [name for name in (get("LDLIBRARY"), "libpython%s%s.so" % (version, getattr(sys, "abiflags", ""))) if name]
libdir = ""
if get("Py_ENABLE_SHARED"):
    for folder in filter(None, folders):
        if any(name.endswith((".so", ".dylib")) and os.path.exists(os.path.join(folder, name)) for name in names):
            libdir = folder
            break
includes = []
for kind in ("include", "platinclude"):
    if sysconfig.get_path(kind) not in includes:
        includes.append(sysconfig.get_path(kind))
facts = {
    "version": version,
    "supported": "yes" if sys.version_info >= (3, 8) else "",
    "include": includes[0],
    "includes": " ".join("-I'%s'" % folder for folder in includes),
    "headers": "yes" if os.path.exists(os.path.join(includes[0], "Python.h")) else "",
    "libdir": libdir,
    "library": "python%s%s" % (version, getattr(sys, "abiflags", "")),
    "system": "yes" if libdir in ("/lib", "/usr/lib", "/usr/lib64", "/usr/lib/%s" % get("MULTIARCH")) else "",
    "distribution": "yes" if sys.base_prefix == "/usr" else "",
    "executable": base,
}
for name, value in facts.items():
    print("py_%s='%s'" % (name, str(value).replace("'", "'\\''")))
END
) 2>/dev/null || fail no-python "$python does not run as a Python 3; install python3, or set PYTHON"
eval "$facts"

[ -n "$py_supported" ] || fail old-python "$python is Python $py_version; mod_wsgi needs Python 3.8 or later, set PYTHON"

if [ -n "$py_distribution" ]; then
  packages="install python3-dev or python$py_version-dev (Debian/Ubuntu) or python3-devel (Fedora), or set PYTHON"
else
  packages='install this Python again with its headers, or set PYTHON to another one'
fi
[ -n "$py_headers" ] ||
  fail no-python-h "Python $py_version of $python has no Python.h in '$py_include'; $packages"

if [ -n "$py_distribution" ]; then
  packages="install libpython$py_version-dev (Debian/Ubuntu) or python3-devel (Fedora), or set PYTHON"
else
  packages='build it again with --enable-shared (pyenv: PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install), or set PYTHON to another one'
fi
[ -n "$py_libdir" ] ||
  fail no-shared-libpython "Python $py_version of $python has no shared library libpython$py_version.so; $packages"

run_path=
[ -n "$py_system" ] || run_path="-Wl,-rpath,'$py_libdir'"

folder=$(dirname "$fragment")
mkdir -p "$folder" 2>/dev/null && [ -w "$folder" ] ||
  fail not-writable "the folder $folder cannot be written to; set BUILD to one that can"
new="$fragment.$$"
cat >"$new" <<END || exit 1
# Sources: $(pwd)
WSGI_CC = $compiler
WSGI_PYTHON = '$python'
WSGI_CPPFLAGS = $py_includes -I'$apache_include' $apr_flags $apu_flags -DWSGI_PYTHON_EXECUTABLE='"$py_executable"'
WSGI_APR_LIBS = $(printf '%s' "$apr_libs" | tr '\n' ' ')
WSGI_LDFLAGS = -L'$py_libdir' -l$py_library $run_path
END
if cmp -s "$new" "$fragment"; then
  rm -f "$new"
else
  # What is known of dependencies names the sources of the last build, which may be gone: an extension was updated.
  rm -f "$(dirname "$fragment")"/*.d
  mv -f "$new" "$fragment"
fi
