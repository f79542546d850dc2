"""What every test stands on."""

from hypothesis import settings

# How long an example takes says more about the machine, and about numba's first call, than
# about the code. A commit passes or fails every time; --hypothesis-profile=hunt looks further.
settings.register_profile("liqbot", deadline=None, derandomize=True)
settings.register_profile("hunt", deadline=None)
settings.load_profile("liqbot")

pytest_plugins = ("tests.databases",)
