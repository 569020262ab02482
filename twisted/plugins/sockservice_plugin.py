"""Makes ``twistd sockservice`` exist. Every twistd on this machine imports it, so it imports nothing heavy."""

from twisted.application.service import ServiceMaker

sockservice = ServiceMaker(  # type: ignore[no-untyped-call]
    "sockservice",
    "sockservice.host.command",
    "Network services as plugins: a MySQL test double, echo, and yours.",
    "sockservice",
)
