"""What can go wrong, in words for the person on screen."""


class CareManagerError(Exception):
    """A problem whose text is shown to the person as it stands."""


class InvalidRequest(CareManagerError):
    """The rules do not allow what was asked."""


class UnusableExtract(CareManagerError):
    """Nothing of what was given could be read as an extract."""


class ConfigurationError(Exception):
    """A setting outside the program is missing or wrong: stops the start, names the setting."""
