"""What can be seen in a picture, and what embedding did to it: figures, readings, a report."""

from underpaint_client.inspect.looking import Change as Change
from underpaint_client.inspect.looking import Comparison as Comparison
from underpaint_client.inspect.looking import Inspection as Inspection
from underpaint_client.inspect.looking import Look as Look
from underpaint_client.inspect.looking import inspect as inspect
from underpaint_client.inspect.page import report as report
