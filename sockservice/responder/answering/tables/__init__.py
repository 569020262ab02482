"""Rows as people write them: in a stub file, as a drawn table, in CSV, JSON and YAML files; and their types."""
