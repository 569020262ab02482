"""Request to answer: stubs, their matching, the chatter of drivers. Knows no sockets."""
