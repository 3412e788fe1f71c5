"""From a command's options to settings."""

from argparse import Namespace

from qa.settings import Settings, read_settings


def settings_of(options: Namespace) -> Settings:
    """The settings, with the options that were given before all other sources."""
    names = ("data", "collection", "engine", "model")
    return read_settings(**{name: getattr(options, name, None) for name in names})
