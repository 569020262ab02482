"""A pluggable network service on Twisted, and a MySQL that answers what your tests tell it to."""
