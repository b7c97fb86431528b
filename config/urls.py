"""Addresses. The order of the rooms is from the special to the general; their own `urls.py` say the rest."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

ROOMS = ("testimony", "evidence", "custody")

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    *(path("", include(f"{room}.urls")) for room in ROOMS if find_spec(f"{room}.urls")),
]
