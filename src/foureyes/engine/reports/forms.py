"""All forms by name, and the one function that writes a review in any of them."""

from collections.abc import Callable, Mapping

from foureyes.engine.reports.annotations import write_annotations
from foureyes.engine.reports.checkstyle import write_checkstyle
from foureyes.engine.reports.codequality import write_code_quality
from foureyes.engine.reports.document import write_json
from foureyes.engine.reports.form import FOLDED, Form, View
from foureyes.engine.reports.markdown import write_markdown
from foureyes.engine.reports.rdjson import write_rdjson
from foureyes.engine.reports.sarif import write_sarif
from foureyes.engine.reports.terminal import write_terminal
from foureyes.engine.values import ReviewResult

Writer = Callable[[ReviewResult, View], str]

FORMS: Mapping[Form, Writer] = {
    Form.TERMINAL: write_terminal,
    Form.JSON: lambda result, _view: write_json(result),
    Form.SARIF: lambda result, _view: write_sarif(result),
    Form.MARKDOWN: write_markdown,
    Form.GITHUB: lambda result, _view: write_annotations(result),
    Form.RDJSON: lambda result, _view: write_rdjson(result),
    Form.GITLAB: lambda result, _view: write_code_quality(result),
    Form.CHECKSTYLE: lambda result, _view: write_checkstyle(result),
}


def write(result: ReviewResult, form: Form, view: View = FOLDED) -> str:
    """The review in one form, as text that ends with a newline."""
    return FORMS[form](result, view)
