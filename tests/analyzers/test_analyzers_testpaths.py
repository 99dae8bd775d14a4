"""Which files are tests by their path."""

import pytest

from foureyes.analyzers.testpaths import is_test


@pytest.mark.parametrize(
    "path",
    [
        "tests/app.py",
        "src/__tests__/cart.tsx",
        "pkg/store/store_test.go",
        "test_orders.py",
        "conftest.py",
        "web/cart.spec.ts",
        "web/cart-test.js",
        "spec/models/user_spec.rb",
        "src/test/java/AccountTest.java",
        "Billing.Tests/InvoiceTests.cs",
        "Invoices/InvoiceTests.cs",
        "fixtures/users.json",
    ],
)
def test_these_are_tests(path: str) -> None:
    assert is_test(path)


@pytest.mark.parametrize(
    "path",
    [
        "src/app.py",
        "latest.py",
        "contest.go",
        "src/attest.rs",
        "web/testimonials.tsx",
        "Contest.java",
        "protest/main.c",
    ],
)
def test_these_are_not(path: str) -> None:
    assert not is_test(path)
