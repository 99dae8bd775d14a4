"""What goes over the wire about accounts."""

from datetime import datetime, timedelta
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from foureyes.accounts import emails, passwords
from foureyes.accounts.keys import NewKey
from foureyes.accounts.tokens import ACCESS_LIFETIME
from foureyes.kit.text import printable
from foureyes.models.accounts import ApiKey, User
from foureyes.rest.principal import Scope


def _shown(text: str) -> str:
    name = text.strip()
    if printable(name) != name:
        raise ValueError("must not hold control characters or invisible ones")
    return name


_EMAIL, _PASSWORD = "ada@example.org", "correct horse battery"  # An example for the documentation.
# Patterns are written into the schema alone: what the validators say is clearer than that one did not match.
Email = Annotated[
    str,
    Field(max_length=300, examples=[_EMAIL], json_schema_extra={"pattern": emails.PATTERN, "maxLength": 254}),
    AfterValidator(emails.normalised),
]
_VISIBLE = r"^[^\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]*$"
Name = Annotated[
    str, Field(max_length=100, examples=["Ada"], json_schema_extra={"pattern": _VISIBLE}), AfterValidator(_shown)
]
NewPassword = Annotated[
    SecretStr, Field(min_length=passwords.SHORTEST, max_length=passwords.LONGEST, examples=[_PASSWORD])
]
Password = Annotated[SecretStr, Field(max_length=passwords.LONGEST, examples=[_PASSWORD])]
RefreshTokenText = Annotated[str, Field(min_length=1, max_length=200)]
Cookies = Annotated[
    bool,
    Field(strict=True, description="False for programs: the refresh token comes in the answer, not in a cookie."),
]


class _Wire(BaseModel):
    # A field that nobody reads may be one that somebody hoped would make them an operator: say so.
    model_config = ConfigDict(extra="forbid")


class RegisterRequest(_Wire):
    email: Email
    password: NewPassword
    name: Name = ""
    cookies: Cookies = True


class LogInRequest(_Wire):
    email: Email
    password: Password
    cookies: Cookies = True


class RefreshRequest(_Wire):
    """What programs send; browsers send their cookie, and nothing here."""

    refresh_token: RefreshTokenText | None = None


class UserView(_Wire):
    id: UUID
    email: str = Field(examples=[_EMAIL])
    name: str = Field(examples=["Ada"])
    operator: bool = Field(description="Whether this user runs the installation.")
    created_at: datetime

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(id=user.id, email=user.email, name=user.name, operator=user.operator, created_at=user.created_at)


class MeView(UserView):
    workspace_id: UUID = Field(description="The workspace that is meant where a request names none.")
    scopes: list[Scope] = Field(description="What the token or key of this request may be used for.")


class SessionView(_Wire):
    """A sign-in. The access token goes into `Authorization: Bearer`."""

    access_token: str
    token_type: str = Field(default="Bearer", examples=["Bearer"])
    expires_in: int = Field(
        default=int(ACCESS_LIFETIME.total_seconds()), description="Seconds until the access token expires."
    )
    refresh_token: str | None = Field(default=None, description="Only for who asked for no cookies. It works once.")
    user: UserView


class MakeKeyRequest(_Wire):
    name: Annotated[Name, Field(min_length=1, examples=["CI of the shop"])]
    workspace_id: UUID | None = Field(default=None, description="Yours where it is left out.")
    scopes: Annotated[set[Scope], Field(min_length=1)] = {Scope.REVIEWS_READ, Scope.REVIEWS_WRITE}
    expires_in_days: Annotated[int, Field(ge=1, le=3650)] | None = Field(
        default=None, description="Left out: until it is revoked.", examples=[90]
    )

    @property
    def lifetime(self) -> timedelta | None:
        return None if self.expires_in_days is None else timedelta(days=self.expires_in_days)


class KeyView(_Wire):
    id: UUID
    name: str = Field(examples=["CI of the shop"])
    prefix: str = Field(description="What the key begins with.", examples=["fe_2Vq8sXb1"])
    workspace_id: UUID
    scopes: list[str] = Field(examples=[["reviews:read", "reviews:write"]])
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="To the minute.")

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        return cls(
            id=key.id,
            name=key.name,
            prefix=key.prefix,
            workspace_id=key.workspace_id,
            scopes=key.scopes,
            created_at=key.created_at,
            expires_at=key.expires_at,
            last_used_at=key.last_used_at,
        )


class KeysView(_Wire):
    keys: list[KeyView]


class NewKeyView(_Wire):
    key: KeyView
    secret: str = Field(description="The key itself. It is shown this once and kept nowhere.")

    @classmethod
    def of(cls, made: NewKey) -> Self:
        return cls(key=KeyView.of(made.key), secret=made.secret)
