"""Where the rooms are put together: settings, addresses, base templates, the processes. Nothing of ours imports it."""
