"""The statement as data: immutable nodes that know their structure and no text. Public names are in :mod:`lect`."""
