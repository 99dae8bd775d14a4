"""Kind `debug`: from code and an error's text to frames in the repository, a cause and a tried patch."""

from foureyes.engine.debug.diagnose import debug
from foureyes.engine.debug.values import DebugRequest, Diagnosis

__all__ = ["DebugRequest", "Diagnosis", "debug"]
