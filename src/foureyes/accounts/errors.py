"""What can go wrong with accounts, in words for people."""

from foureyes.errors import ConflictError, ForbiddenError, UnauthenticatedError


class EmailTakenError(ConflictError):
    def __init__(self) -> None:
        super().__init__("Somebody has registered with this e-mail address: log in, or take another.")


class RegistrationClosedError(ForbiddenError):
    def __init__(self) -> None:
        super().__init__("This installation takes no new accounts: ask its operator (FOUREYES_REGISTRATION).")


class WrongPasswordError(UnauthenticatedError):
    def __init__(self) -> None:
        super().__init__("The e-mail address or the password is wrong.")


class SignInEndedError(UnauthenticatedError):
    """The refresh token is unknown, expired, or of a sign-in that has ended."""

    def __init__(self) -> None:
        super().__init__("This sign-in has ended: log in again.")


class TokenReusedError(UnauthenticatedError):
    """A refresh token came a second time, so that a copy of it is somewhere: the whole sign-in has been ended."""

    def __init__(self) -> None:
        super().__init__("This refresh token was used before, so this sign-in was ended for safety: log in again.")


class TooManyKeysError(ConflictError):
    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"You have {most} keys, which is the most there may be: revoke some that are not used.")
