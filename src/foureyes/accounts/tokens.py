"""Tokens as values: access tokens are signed and short-lived, refresh tokens are random and follow from each other."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import jwt

from foureyes.errors import UnauthenticatedError
from foureyes.kit.crypto import derived_key, derived_secret, random_secret
from foureyes.kit.ids import new_id

ACCESS_LIFETIME = timedelta(minutes=15)
KEY_PREFIX = "fe_"
_REFRESH_PREFIX = "fr_"
_ALGORITHM = "HS256"
_ISSUER = "foureyes"
_AUDIENCE = "foureyes-api"
_TYPE = "access"
_CLAIMS = ("exp", "iat", "sub", "aud", "iss", "jti")
# What we sign has a third of this; whatever is longer is not worth decoding.
_LONGEST = 1024
# Clocks of several machines differ a little; a token that was made on one must hold on another at once.
_SKEW = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a valid access token says. Whether the sign-in still holds, only the database knows."""

    user_id: UUID
    sign_in_id: UUID


class Tokens:
    """Makes and reads tokens with keys that are derived from the signing key, one for each purpose."""

    def __init__(self, signing_key: bytes) -> None:
        self._access_key = derived_key(signing_key, "access-token")
        self._refresh_key = derived_key(signing_key, "refresh-token")

    def access_token(self, claims: AccessClaims, *, at: datetime) -> str:
        """A JWT (RFC 7519) that is valid for fifteen minutes from `at`."""
        return jwt.encode(
            {
                "sub": str(claims.user_id),
                "sid": str(claims.sign_in_id),
                "type": _TYPE,
                "iss": _ISSUER,
                "aud": _AUDIENCE,
                "iat": at,
                "exp": at + ACCESS_LIFETIME,
                "jti": str(new_id()),
            },
            self._access_key,
            algorithm=_ALGORITHM,
        )

    def read_access_token(self, token: str) -> AccessClaims:
        """What a token says that this server signed and that has not expired.

        Raises:
            UnauthenticatedError: it is anything else. The answer is the same for every defect but age.
        """
        if len(token) > _LONGEST:
            raise UnauthenticatedError("This access token is not valid: log in again.")
        try:
            claims = jwt.decode(
                token,
                self._access_key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                issuer=_ISSUER,
                leeway=_SKEW,
                options={"require": list(_CLAIMS), "strict_aud": True},
            )
            if claims.get("type") != _TYPE:
                raise UnauthenticatedError("This access token is not valid: log in again.")
            return AccessClaims(user_id=UUID(claims["sub"]), sign_in_id=UUID(claims["sid"]))
        except jwt.ExpiredSignatureError as exc:
            raise UnauthenticatedError("This access token has expired: refresh it, or log in again.") from exc
        except (jwt.InvalidTokenError, ValueError, KeyError, TypeError, AttributeError) as exc:
            # A signed token without our claims was made by another version or program with the same key.
            raise UnauthenticatedError("This access token is not valid: log in again.") from exc

    def first_refresh_token(self) -> str:
        """The random token that a family begins with."""
        return random_secret(_REFRESH_PREFIX)

    def next_refresh_token(self, token: str) -> str:
        """The token that replaces `token`: always the same one.

        So that each of several tabs that refresh at once gets the one token that will work, whichever answer the
        browser reads last, and one whose answer got lost may ask again.
        """
        return derived_secret(self._refresh_key, token, prefix=_REFRESH_PREFIX)
