"""`newswarc newsroom`: the demo newspaper by itself."""
