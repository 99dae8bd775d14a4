"""What a model can take, from tables alone: no key, no package of the provider, nothing sent."""

from foureyes.llm.port import ModelTraits
from foureyes.llm.traits import UNKNOWN, known_traits
from foureyes.settings import split_spec


def assumed_traits(spec: str) -> ModelTraits:
    """Traits of the model that `spec` names, for a plan; of a server of one's own, those of a small model.

    Raises:
        ValueError: it is no spec of a model.
    """
    provider, _ = split_spec(spec)
    if provider.own_server:
        return UNKNOWN
    from pydantic_ai.models import infer_model_profile  # noqa: PLC0415  # A second of imports; only a plan asks.

    try:
        return known_traits(provider, dict(infer_model_profile(spec)))
    except ImportError:
        # pydantic-ai keeps what it knows of a model beside the provider's own package, and that is an extra here.
        return known_traits(provider, {})
