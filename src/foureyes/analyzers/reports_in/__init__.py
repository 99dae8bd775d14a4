"""Findings of a team's own tools, from report files: SARIF 2.1.0, checkstyle XML, rdjson and rdjsonl (A10)."""
