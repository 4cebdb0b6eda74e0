"""The community's settings page: read strictly, with the position of every key, into frozen values and problems."""
