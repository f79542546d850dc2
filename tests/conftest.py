"""What every test stands on."""

from hypothesis import settings

# How long an example takes says more about the machine, and about numba's first call, than
# about the code.
settings.register_profile("liqbot", deadline=None)
settings.load_profile("liqbot")

pytest_plugins = ("tests.databases",)
