"""The examples in docstrings run, and say what they print."""

import doctest
import importlib
import pkgutil

import pytest

import rca_lib

MODULES = sorted(found.name for found in pkgutil.walk_packages(rca_lib.__path__, "rca_lib."))


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name):
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)

    assert result.failed == 0
