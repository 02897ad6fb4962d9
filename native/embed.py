"""Writes a Python source file as a C array: embed.py SOURCE HEADER."""

import sys


def main(source, header):
    with open(source, "rb") as stream:
        data = stream.read() + b"\0"
    rows = (", ".join(map(str, data[at : at + 24])) for at in range(0, len(data), 24))
    with open(header, "w") as stream:
        stream.write("static const char wsgi_bootstrap_source[] = {\n")
        stream.writelines("  %s,\n" % row for row in rows)
        stream.write("};\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
