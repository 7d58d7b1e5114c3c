/**
 * Scripts in the shapes in which people write them for pgbench. `people-scripts.outcomes.txt` tells
 * what `plan` says of each.
 */

/** What the scripts find at the server. */
export const SCENE = `
CREATE TABLE accounts (id int PRIMARY KEY, balance int, note text, tags int[], doc jsonb, at timestamptz DEFAULT now());
CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY, kind text, payload jsonb, at timestamptz DEFAULT now());
CREATE TABLE part_0 (id int); CREATE TABLE part_1 (id int); CREATE TABLE part_2 (id int);
CREATE FUNCTION transfer(a int, b int, amount int) RETURNS int LANGUAGE sql AS 'SELECT $1 + $2 + $3';
CREATE PROCEDURE book(a int) LANGUAGE sql AS 'UPDATE accounts SET balance = balance + 1 WHERE id = $1';
`;

/** Puts the data back. */
export const SCENE_DATA = `
TRUNCATE accounts, events, part_0, part_1, part_2 RESTART IDENTITY;
INSERT INTO accounts SELECT g, 0, 'n' || g, array[1, 2, 3], '{"id": 1}' FROM generate_series(1, 1000) g;
`;

const r = String.raw;

export const PEOPLE_SCRIPTS: Readonly<Record<string, string>> = {
  "a look-up": r`\set aid random(1, 1000)
SELECT balance FROM accounts WHERE id = :aid;`,
  "a transfer": r`\set a random(1, 1000)
\set b random(1, 1000)
\set amount random(-5000, 5000)
BEGIN;
UPDATE accounts SET balance = balance + :amount WHERE id = :a;
UPDATE accounts SET balance = balance - :amount WHERE id = :b;
COMMIT;`,
  "comments with colons": r`-- note: needs table accounts; see:readme
\set aid random(1, 1000)
SELECT id -- the key
FROM accounts /* by key */ WHERE id = :aid;`,
  "json in quotes": r`INSERT INTO events (kind, payload) VALUES ('new', '{"id":1,"new":true,"list":[1,2]}');`,
  "json with a variable": r`\set jid random(1, 1000)
INSERT INTO events (kind, payload) VALUES ('x', '{"id": :jid}');`,
  "a time format": r`SELECT to_char(now(), 'HH24:MI:SS'), to_char(at, 'YYYY-MM-DD HH24:MI') FROM accounts LIMIT 1;`,
  "times of day": r`SELECT count(*) FROM events WHERE at > '2024-01-01 12:30:00' AND at::time > '08:15';`,
  casts: r`\set c random(1, 100)
SELECT :c::int, :c::text, '5'::int, now()::date, CAST(:c AS bigint);`,
  "an array slice": r`SELECT tags[1:2], tags[:2], tags[2:] FROM accounts WHERE id = 1;`,
  "a slice by a column": r`SELECT tags[1:id] FROM accounts WHERE id = 2;`,
  "a slice by a variable": r`\set upper random(1, 3)
SELECT tags[1: :upper] FROM accounts WHERE id = 1;`,
  "a DO block": r`DO $$ DECLARE n int; BEGIN n := 1; FOR i IN 1..3 LOOP n := n + i; END LOOP; END $$;`,
  "a DO block with a variable": r`\set loops random(1, 5)
DO $$ BEGIN FOR i IN 1..:loops LOOP PERFORM i; END LOOP; END $$;`,
  "a table by client": r`SELECT count(*) FROM part_:client_id;`,
  "a table by number": r`\set p random(0, 2)
SELECT count(*) FROM part_:p;`,
  "text in quotes": r`\set who random(1, 1000)
SELECT * FROM accounts WHERE note = 'n:who';`,
  "LIKE with a variable": r`\set like random(1, 9)
SELECT count(*) FROM accounts WHERE note LIKE 'n:like%';`,
  "an interval in quotes": r`\set days random(1, 30)
SELECT count(*) FROM accounts WHERE at > now() - interval ':days days';`,
  "an interval by product": r`\set hours random(1, 30)
SELECT count(*) FROM accounts WHERE at > now() - interval '1 hour' * :hours;`,
  "an interval of a variable": r`SELECT count(*) FROM accounts WHERE at > now() - interval :span;`,
  "IN and BETWEEN": r`\set i1 random(1, 1000)
\set i2 random(1, 1000)
SELECT count(*) FROM accounts WHERE id IN (:i1, :i2) OR id BETWEEN :i1 AND :i1 + 10;`,
  "a list as text": r`SELECT count(*) FROM accounts WHERE id IN (:list);`,
  "limit and offset": r`\set lim random(1, 20)
\set off random(0, 100)
SELECT id FROM accounts ORDER BY id LIMIT :lim OFFSET :off;`,
  "a misspelt variable": r`\set balance_id random(1, 1000)
SELECT balance FROM accounts WHERE id = :balanceid;`,
  "a variable that nobody sets": r`SELECT balance FROM accounts WHERE id = :key;`,
  "an unset variable in an expression": r`\set total :nothing_there + 1
SELECT :total;`,
  "psql's quoting": r`SELECT * FROM accounts WHERE note = :'label';`,
  "gset with a prefix": r`SELECT id AS key, balance FROM accounts WHERE id = 5 \gset row_
UPDATE accounts SET balance = :row_balance + 1 WHERE id = :row_key;`,
  "gset of a star": r`SELECT * FROM part_0 RIGHT JOIN (SELECT 7 AS seven) s ON true \gset star_
SELECT :star_seven::int;`,
  "gset from returning": r`INSERT INTO events (kind) VALUES ('g') RETURNING id AS event_id \gset
SELECT kind FROM events WHERE id = :event_id;`,
  "aset of two": r`SELECT 1 AS one \; SELECT 2 AS two \aset
SELECT :one + :two;`,
  "compound statements": r`BEGIN \; SELECT 1 \; COMMIT;`,
  "branches that set": r`\set dice random(1, 6)
\if :dice > 3
\set side 1
\else
\set side 0
\endif
SELECT :side, :dice;`,
  "a ladder of branches": r`\set op random(1, 100)
\if :op <= 80
SELECT balance FROM accounts WHERE id = 1;
\elif :op <= 95
UPDATE accounts SET balance = balance + 1 WHERE id = 1;
\else
INSERT INTO events (kind) VALUES ('rare');
\endif`,
  "an upsert": r`\set uid random(1, 2000)
INSERT INTO accounts (id, balance) VALUES (:uid, 1)
  ON CONFLICT (id) DO UPDATE SET balance = accounts.balance + EXCLUDED.balance;`,
  "a CTE": r`\set cid random(1, 1000)
WITH moved AS (UPDATE accounts SET balance = balance + 1 WHERE id = :cid RETURNING id)
SELECT count(*) FROM moved;`,
  "a function call": r`\set fa random(1, 10)
SELECT transfer(:fa, 2, 3), transfer(a => :fa, b := 2, amount => 3);`,
  "a procedure": r`\set pa random(1, 10)
CALL book(:pa);`,
  "settings of a transaction": r`\set wait random(100, 200)
BEGIN;
SET LOCAL lock_timeout = :wait;
SELECT 1;
END;`,
  "a cursor": r`BEGIN;
DECLARE c CURSOR FOR SELECT id FROM accounts WHERE id > 10;
FETCH 5 FROM c;
CLOSE c;
COMMIT;`,
  "a cursor fetched by a variable": r`\set rows random(1, 5)
BEGIN;
DECLARE c CURSOR FOR SELECT id FROM accounts;
FETCH :rows FROM c;
COMMIT;`,
  "a temporary table": r`BEGIN;
CREATE TEMP TABLE scratch ON COMMIT DROP AS SELECT id FROM accounts WHERE id < 10;
SELECT count(*) FROM scratch;
COMMIT;`,
  savepoints: r`BEGIN;
SAVEPOINT a;
UPDATE accounts SET balance = 1 WHERE id = 3;
ROLLBACK TO SAVEPOINT a;
RELEASE SAVEPOINT a;
COMMIT;`,
  "two-phase commit": r`\set gid random(1, 2000000000)
BEGIN;
SELECT 1;
PREPARE TRANSACTION 'x_:client_id-:gid';
COMMIT PREPARED 'x_:client_id-:gid';`,
  "a zipfian": r`\set z random_zipfian(1, 100000, 1.07)
\set zid 1 + abs(hash(:z)) % 1000
SELECT balance FROM accounts WHERE id = :zid;`,
  "YCSB's own zipfian": r`\set z random_zipfian(1, 1000, 0.99)
SELECT :z;`,
  "a zipfian of a variable": r`\set theta 0.9
\set z random_zipfian(1, 1000, :theta)
SELECT :z;`,
  "a gaussian too wide": r`\set g random_gaussian(1, 100, 1.5)
SELECT :g;`,
  "an exponential of 0": r`\set g random_exponential(1, 100, 0)
SELECT :g;`,
  "a range upside down": r`\set g random(100, 1)
SELECT :g;`,
  "too few arguments": r`\set g random(100)
SELECT :g;`,
  "a misspelt function": r`\set g randon(1, 100)
SELECT :g;`,
  "a function of the server's": r`\set t now()
SELECT :t;`,
  "setrandom of old": r`\setrandom aid 1 1000
SELECT balance FROM accounts WHERE id = :aid;`,
  "a program without leave": r`\setshell now date +%s
SELECT :now;`,
  "a comment behind a meta-command": r`\set n random(1, 10) -- how many
SELECT :n;`,
  "a semicolon behind a meta-command": r`\set n random(1, 10);
SELECT :n;`,
  "an assignment sign": r`\set n = 5
SELECT :n;`,
  "text in an expression": r`\set who 'me'
SELECT :who;`,
  "psql's own commands": r`\timing on
\echo hello
SELECT 1;`,
  "a client's copy": r`\copy accounts FROM 'accounts.csv' CSV`,
  "copy from the client": r`COPY part_0 FROM STDIN;`,
  "a transaction left open": r`BEGIN;
UPDATE accounts SET balance = 1 WHERE id = 2;`,
  "a condition left open": r`\if true
SELECT 1;`,
  "nothing but comments": "-- to do\n\n",
  "lines as Windows ends them":
    "\\set w random(1, 10)\r\n\\if :w > 5\r\nSELECT :w,\r\n  'more';\r\n\\else\r\nSELECT 0;\r\n\\endif\r\n",
  "a byte-order mark": "\uFEFF\\set bom 5\nSELECT :bom;\n",
  "no last semicolon": "\\set last 5\nSELECT :last",
  "letters of the world": '\\set größe random(1, 9)\nSELECT :größe AS "größe: 5 €";\n',
};
