"""Modules whose tests come out the same on either database: they are about files, pages' headers, sign-in, words. Run on SQLite alone."""

ONE_DATABASE = {
    "tests/accounts/test_deployment.py", "tests/accounts/test_identity_provider.py", "tests/accounts/test_ldap.py",
    "tests/api/test_schema.py", "tests/reports/test_catalogue.py", "tests/reports/test_charts.py", "tests/reports/test_office.py",
    "tests/reports/test_render.py", "tests/reports/test_templates.py", "tests/security/test_exports.py", "tests/security/test_files.py",
    "tests/security/test_fuzz.py", "tests/security/test_headers.py", "tests/security/test_word_templates.py",
}  # fmt: skip
