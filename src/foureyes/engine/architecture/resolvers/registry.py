"""Which resolver reads which language."""

from collections.abc import Mapping

from foureyes.code.languages import Language
from foureyes.engine.architecture.resolvers.go import GoResolver
from foureyes.engine.architecture.resolvers.javascript import JavaScriptResolver
from foureyes.engine.architecture.resolvers.native import PathResolver
from foureyes.engine.architecture.resolvers.packages import PACKAGED, PackageResolver
from foureyes.engine.architecture.resolvers.port import Index, Resolver
from foureyes.engine.architecture.resolvers.python import PythonResolver
from foureyes.engine.architecture.resolvers.rust import RustResolver


def resolvers(index: Index, manifests: Mapping[str, bytes]) -> dict[Language, Resolver]:
    """A resolver for each language whose imports can be followed; the others have no arrows in the graph."""
    script = JavaScriptResolver(index, manifests)
    packages = PackageResolver(index)
    paths = PathResolver(index)
    return {
        Language.PYTHON: PythonResolver(index),
        Language.JAVASCRIPT: script,
        Language.TYPESCRIPT: script,
        Language.TSX: script,
        Language.GO: GoResolver(index, manifests),
        Language.RUST: RustResolver(index, manifests),
        Language.C: paths,
        Language.CPP: paths,
        Language.RUBY: paths,
        Language.BASH: paths,
        **dict.fromkeys(PACKAGED, packages),
    }
