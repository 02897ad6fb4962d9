"""``repr()`` of built-in containers that stops when there is enough to show: a list of a million is as quick as one of ten."""

MAX_DEPTH = 5
"""Containers in containers: what lies deeper is shown as ``…``."""

_BRACKETS = {list: "[]", tuple: "()", set: "{}", frozenset: ("frozenset({", "})"), dict: "{}"}


def text_of(value, enough, full_text):
    """
    :param enough: a number of characters after which no more items are added.
    :param full_text: makes the text of what is no built-in container.
    """
    return _text(value, enough, full_text, MAX_DEPTH)


def _text(value, enough, full_text, depth):
    cls = type(value)
    if cls in (str, bytes, bytearray) and len(value) > enough:
        return full_text(value[:enough]) + "…"
    if cls not in _BRACKETS or not value:
        return full_text(value)
    opening, closing = _BRACKETS[cls]
    if depth == 0:
        return opening + "…" + closing
    parts = []
    length = 0
    for item in value.items() if cls is dict else value:
        if length > enough:
            parts.append("…")
            break
        if cls is dict:
            rest = max(0, enough - length)
            key = _text(item[0], rest, full_text, depth - 1)
            part = "%s: %s" % (key, _text(item[1], max(0, rest - len(key)), full_text, depth - 1))
        else:
            part = _text(item, max(0, enough - length), full_text, depth - 1)
        parts.append(part)
        length += len(part) + 2
    if cls is tuple and len(value) == 1:
        return "(%s,)" % parts[0]
    return opening + ", ".join(parts) + closing
