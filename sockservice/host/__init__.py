"""What ``twistd sockservice`` runs: options, configuration, discovery, listening, limits and the life cycle."""
