"""System checks of the installation. Each has a stable id; `config/docs/settings.md` lists them."""
