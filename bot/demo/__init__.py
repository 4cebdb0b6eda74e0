"""The demo: a made-up community on two embedded wikis, some days of its life, and the bot at work between them."""
