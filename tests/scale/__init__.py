"""Many wikis at once: a fleet of embedded wikis, the ordinary pass over them, and runners that share a database."""
