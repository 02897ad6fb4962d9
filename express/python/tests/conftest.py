"""Puts the handler's modules on the path, as they import nothing of each other by package."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
