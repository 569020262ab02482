"""Control from SQL: tests read and steer their workspace through the connection that they have anyway."""
