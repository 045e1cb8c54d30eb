"""The compliance suite: what a Lect dialect claims is what it does.

For an author of a dialect, two ways to run it::

    pytest --pyargs lect_compliance --lect-url=mydb:///:memory:

or, in a test module of the dialect's own::

    from lect_compliance.suite import *

    lect_url = "mydb:///:memory:"

Cases are chosen by ``Capabilities``; what a dialect cannot do yet stands in a file of gaps beside it (:mod:`.gaps`).
"""
