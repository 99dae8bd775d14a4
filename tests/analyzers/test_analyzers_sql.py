"""SQL: statements that hit every row, and migrations that fail."""

import pytest
from analyzers_house import places, said_by

from foureyes.analyzers.sql import ANALYZER

BAD = [
    ("UPDATE users SET admin = true;", "update-without-where"),
    ("update ONLY public.users u set admin = true", "update-without-where"),
    ("DELETE FROM logs", "delete-without-where"),
    ("WITH x AS (SELECT 1) DELETE FROM logs;", "delete-without-where"),
    ("DELETE FROM logs; -- WHERE id = 1", "delete-without-where"),
    ("DELETE FROM logs /* WHERE */;", "delete-without-where"),
    ("UPDATE t SET a = ' WHERE ';", "update-without-where"),
    ("DROP TABLE old;", "drop-without-if-exists"),
    ("DROP INDEX CONCURRENTLY_x;", "drop-without-if-exists"),
    ("ALTER TABLE a ADD COLUMN b INT NOT NULL;", "not-null-without-default"),
    ("ALTER TABLE a ADD b VARCHAR(10) NOT NULL, ADD c INT DEFAULT 1 NOT NULL;", "not-null-without-default"),
    ("SELECT * FROM t WHERE a = NULL;", "compared-with-null"),
    ("SELECT * FROM t WHERE b AND a <> NULL;", "compared-with-null"),
    ("GRANT ALL ON t TO PUBLIC;", "granted-to-all"),
    ("TRUNCATE t;", "truncate-in-migration"),
]

GOOD = [
    "UPDATE users SET admin = true WHERE id = 1;",
    "UPDATE a JOIN b ON a.id = b.id SET a.x = b.x;",
    "DELETE FROM logs USING x WHERE x.id = logs.id;",
    "DELETE FROM logs LIMIT 10;",
    "-- UPDATE users SET admin = true;\nSELECT 1;",
    "INSERT INTO t VALUES ('a; DELETE FROM t;') ON CONFLICT (id) DO UPDATE SET a = 1;",
    "INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = 1;",
    "SELECT * FROM t FOR UPDATE;",
    "CREATE TRIGGER x AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();",
    "DROP TABLE IF EXISTS old;",
    "CREATE TABLE t (a INT NOT NULL);",
    "ALTER TABLE a ADD COLUMN b INT NOT NULL DEFAULT 1;",
    "ALTER TABLE a ADD COLUMN b INT DEFAULT 1 NOT NULL;",
    "ALTER TABLE a ADD COLUMN b INT;",
    "ALTER TABLE a ADD COLUMN b INT GENERATED ALWAYS AS IDENTITY NOT NULL;",
    "ALTER TABLE a ADD CONSTRAINT c CHECK (b IS NOT NULL);",
    "UPDATE t SET a = NULL WHERE b IS NULL;",
    "UPDATE t SET a = data #> '{x}' WHERE b = 1;",
    'SELECT "a = NULL" FROM t WHERE x IS NOT NULL;',
    "CREATE FUNCTION f() RETURNS void AS $$ BEGIN UPDATE t SET a = 1 WHERE b = 2; END $$ LANGUAGE plpgsql;",
]


@pytest.mark.parametrize(("statement", "rule"), BAD)
async def test_dangerous_statements_are_found_on_their_line(statement: str, rule: str) -> None:
    found = places(await said_by(ANALYZER, {"db/migrations/1.sql": f"SELECT 1;\n\n{statement}\n"}))
    assert found == [(3, rule)]


@pytest.mark.parametrize("statement", GOOD)
async def test_ordinary_statements_are_left_alone(statement: str) -> None:
    assert await said_by(ANALYZER, {"db/migrations/1.sql": statement}) == []


async def test_dropping_is_the_business_of_a_script_that_is_no_migration() -> None:
    assert await said_by(ANALYZER, {"db/reset.sql": "DROP TABLE old;\nTRUNCATE t;\n"}) == []


async def test_a_statement_inside_a_function_is_found_on_its_own_line() -> None:
    text = "CREATE FUNCTION f() AS $$\nBEGIN\n  DELETE FROM a;\n  UPDATE b SET c = 1;\nEND $$;\n"
    assert places(await said_by(ANALYZER, {"f.sql": text})) == [
        (3, "delete-without-where"),
        (4, "update-without-where"),
    ]


@pytest.mark.parametrize("piece", ["'", '"', "/*", "(", ") UPDATE ", "ADD x ", "WHERE a "])
async def test_a_hostile_file_takes_linear_time(piece: str) -> None:
    assert await said_by(ANALYZER, {"a.sql": piece * (200_000 // len(piece))}) == []
