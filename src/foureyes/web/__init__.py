"""The HTTP face: the application, its one list of routers, the live socket."""
