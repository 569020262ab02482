"""Which stub answers a request: the words of ``when``, the tables that find stubs, and near misses."""
