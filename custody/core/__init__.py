"""Pure checks over bytes: what a stranger needs to verify Amana's evidence, without Django, clock, network or chance.

Licensed Apache-2.0 (see LICENSE beside this file) so that courts and opposing experts may embed it.
"""
