"""Where a request came from, behind as many proxies as the operator says that there are."""

from ipaddress import ip_address

from starlette.requests import HTTPConnection


def client_address(connection: HTTPConnection, trusted_proxies: int) -> str:
    """The client's IP address as the outermost trusted proxy saw it; empty where there is none, as on a Unix socket.

    Counted from the right, because whoever sends a request may write what they like on the left of X-Forwarded-For.
    """
    peer = connection.client.host if connection.client else ""
    # Several headers of that name are one list (RFC 9110, 5.3); a proxy may have added a second one.
    forwarded = ",".join(connection.headers.getlist("x-forwarded-for")).split(",")
    chain = [*(part.strip() for part in forwarded if part.strip()), peer]
    believed = chain[max(0, len(chain) - 1 - trusted_proxies)]
    return _plain(believed) or _plain(peer)


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this machine's own."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _plain(text: str) -> str:
    """An address without brackets and port, in its usual form; empty where the text is none."""
    host = text[1:].partition("]")[0] if text.startswith("[") else text
    # One colon parts an IPv4 address from a port; more are an IPv6 address.
    if host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        return str(ip_address(host))
    except ValueError:
        return ""
