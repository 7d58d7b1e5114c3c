/**
 * Scripts that use every function, operator and meta-command of pgbench's language. Each is run by
 * pgbench and by the native driver with the same seed.
 */
export const SCRIPTS: Readonly<Record<string, string>> = {
  arithmetic: String.raw`\set a 5 + 3 * 2 - 8 / 3 + -7 % 4
\set b (5 + 3) * 2
\set c -9223372036854775808
\set d 9223372036854775807 - 1
\set e 3000000000 * 3000000
SELECT :a, :b, ':c', ':d', ':e';`,
  division: String.raw`\set a -7 / 2
\set b -7 % 2
\set c 7 / -2
\set d mod(7, -2)
\set e 7.0 / 2
\set f 5 / -1
SELECT :a, :b, :c, :d, ':e', :f;`,
  doubles: String.raw`\set a 0.1 + 0.2
\set b 1e20 * 3
\set c 1.5e-7
\set d 123456789.123456789
\set e .5
\set f 2.
\set g 1e15
\set h 1e14
\set i 100000.0 / 3
\set j 0.0001
\set k 0.00001234
SELECT ':a', ':b', ':c', ':d', ':e', ':f', ':g', ':h', ':i', ':j', ':k';`,
  "odd doubles": String.raw`\set a 1.0 / 0
\set b -1.0 / 0
\set c -0.0
\set d 2.3e-308
\set e 1.7976931348623157e308
SELECT ':a', ':b', ':c', ':d', ':e';`,
  comparisons: String.raw`\set a 1 < 2
\set b 2 <= 1
\set c 1 = 1.0
\set d 1 <> 2
\set e 1 != 1
\set f 2 > 1.5
\set g 2 >= 3
SELECT ':a', ':b', ':c', ':d', ':e', ':f', ':g';`,
  logic: String.raw`\set a true and not false
\set b false or 1 = 1
\set c not 1 = 2 and true
\set d null or true
\set e true and null
\set f false and null
\set g TRUE AND 1 < 2 OR FALSE
SELECT ':a', ':b', ':c', ':d', ':e', ':f', ':g';`,
  is: String.raw`\set a null is null
\set b 1 is not null
\set c 1 isnull
\set d 1 notnull
\set e (1 = 1) is true
\set f (1 = 2) is not false
\set g not null is null
\set h 1 = 1 is true
SELECT ':a', ':b', ':c', ':d', ':e', ':f', ':g', ':h';`,
  bits: String.raw`\set a 12 & 10
\set b 12 | 3
\set c 12 # 10
\set d ~0
\set e 1 << 40
\set f -1 >> 1
\set g ~5 + 1
\set h 1 << 63
\set i 1 | 2 & 3 # 4
\set j 1 << 64
SELECT ':a', ':b', ':c', ':d', ':e', ':f', ':g', ':h', ':i', ':j';`,
  precedence: String.raw`\set a 1 + 2 << 1
\set b 2 * 3 + 4 * 5 - 6 / 2
\set c - 2 + 3
\set d -(-2) * +3
\set e 10 - 3 - 2
\set f 100 / 10 / 5
\set g ~1 | 4
SELECT ':a', ':b', ':c', ':d', ':e', ':f', ':g';`,
  case:
    String.raw`\set x random(1, 4)
\set a CASE WHEN :x = 1 THEN 'x' = 'y' WHEN :x = 2 THEN 20 ELSE 30 END`.replace("'x' = 'y'", "10") +
    String.raw`
\set b case when :x > 3 then 1 end
\set c case when 0 then 1 when 2.5 then 2 else 3 end
\set d case when null then 1 when true then case when false then 2 else 4 end end
SELECT :x, :a, ':b', :c, :d;`,
  functions: String.raw`\set a abs(-5)
\set b abs(-5.5)
\set c least(3, 2, 4)
\set d greatest(3, 2.5, 1)
\set e int(2.5)
\set f int(3.5)
\set g int(-2.5)
\set h double(3)
\set i mod(17, 5)
\set j debug(7)
SELECT ':a', ':b', ':c', ':d', ':e', ':f', ':g', ':h', ':i', ':j';`,
  mathematics: String.raw`\set a pi()
\set b sqrt(2)
\set c ln(10)
\set d exp(1)
\set e pow(2, 10)
\set f power(2, 0.5)
\set g pow(-8, 3)
\set h exp(3.7) * ln(7.3)
SELECT ':a', ':b', ':c', ':d', ':e', ':f', ':g', ':h';`,
  nulls: String.raw`\set a null
\set b null + 1
\set c abs(null)
\set d greatest(1, null)
\set e hash(null)
SELECT ':a', ':b', ':c', ':d', ':e';`,
  uniform: String.raw`\set a random(1, 6)
\set b random(0, 0)
\set c random(-1000000, 1000000)
\set d random(1, 4294967296)
\set e random(0, 9007199254740990)
\set f random(-4611686018427387904, 4611686018427387902)
\set g random(1, 2147483648)
\set h random(0, 4294967295)
\set i random(0, 9223372036854775806)
SELECT :a, :b, :c, ':d', ':e', ':f', ':g', ':h', ':i';`,
  gaussian: String.raw`\set a random_gaussian(1, 100000, 2.5)
\set b random_gaussian(1, 10, 10)
\set c random_gaussian(-500, 500, 2.0)
\set d random_gaussian(1, 1000000000, 5)
SELECT :a, :b, :c, ':d';`,
  exponential: String.raw`\set a random_exponential(1, 100000, 2.5)
\set b random_exponential(1, 10, 0.01)
\set c random_exponential(-500, 500, 10)
\set d random_exponential(1, 1000000000, 3)
SELECT :a, :b, :c, ':d';`,
  zipfian: String.raw`\set a random_zipfian(1, 100000, 1.07)
\set b random_zipfian(1, 10, 2.5)
\set c random_zipfian(0, 1000, 1.5)
\set d random_zipfian(5, 5, 1.5)
\set e random_zipfian(1, 1000000, 1.001)
SELECT :a, :b, :c, :d, :e;`,
  hashes: String.raw`\set x random(1, 1000000)
\set a hash(:x)
\set b hash_murmur2(:x, 1234)
\set c hash_fnv1a(:x)
\set d hash_fnv1a(:x, 5432)
\set e hash(-1, -9223372036854775808)
\set f hash(10.6)
\set g abs(hash(:x)) % 1000
SELECT ':a', ':b', ':c', ':d', ':e', ':f', :g;`,
  permute: String.raw`\set x random(0, 1000000)
\set a permute(:x, 1000)
\set b permute(:x, 1000, 42)
\set c permute(:x, 1)
\set d permute(:x, 2, 7)
\set e permute(:x, 3, 7)
\set f permute(0, 9223372036854775807, 9)
\set g permute(:x, 1048576, 5)
\set h permute(:x, 4294967297, -5)
\set i permute(-5, 1000, 3)
SELECT :a, :b, :c, :d, :e, ':f', :g, ':h', :i;`,
  "automatic variables": String.raw`\set x :client_id * 10 + :scale
SELECT :x, :client_id, :scale, ':random_seed', ':default_seed';`,
  if: String.raw`\set x random(1, 3)
\if :x = 1
SELECT 'one';
\elif :x = 2
SELECT 'two';
\else
SELECT 'three', :x;
\endif
SELECT 'after';`,
  "nested if": String.raw`\set x random(1, 4)
\set y random(0, 1)
\if :x > 2
  \if :y
    SELECT 'a', :x, :y;
  \else
    SELECT 'b', :x, :y;
  \endif
  SELECT 'c';
\elif :y
  \if 0
    SELECT 'never';
  \elif null
    SELECT 'never';
  \endif
  SELECT 'd';
\endif
\if false
SELECT 'never';
\endif`,
  "if without else": String.raw`\set x random(0, 1)
\if :x
\set z 5
\else
\set z 6
\endif
SELECT :z;`,
  sleep: String.raw`\sleep 1 ms
SELECT 1;
\set t 500
\sleep :t us
\sleep 2ms
SELECT 2;`,
  gset: String.raw`SELECT 1 + 1 AS two, 'text' AS word, 7.5 AS number \gset
SELECT :two, ':word', :number;
SELECT 42 AS n, NULL AS nothing \gset p_
\set m :p_n + 1
SELECT :p_n, ':p_nothing', :m;`,
  "gset after a semicolon": String.raw`SELECT 5 AS five;
\gset
\set six :five + 1
SELECT :six;`,
  aset: String.raw`SELECT 1 AS one \; SELECT 2 AS two, 3 AS three \; SELECT 9 AS none WHERE false \aset
SELECT :one, :two, :three;
SELECT generate_series(1, 3) AS last \aset q_
SELECT :q_last;`,
  "gset and arithmetic": String.raw`SELECT 12 AS a, 2.5 AS b, true AS c \gset
\set d :a * 2
\set e :b * 2
\if :c = 0 or true
SELECT ':d', ':e';
\endif`.replace(":c = 0 or true", ":d > 0"),
  comments: String.raw`-- a comment first
/* and a block */ SELECT 1 -- in the middle
  + 1;
-- between ; them
SELECT /* ; no end */ 2;
SELECT 'it''s; here', "a;b" FROM (SELECT 1 AS "a;b") AS t; -- last`,
  quoting: String.raw`SELECT 'a;b', E'c\';d', $$e;f$$, $tag$ g; $$ h; $tag$, (SELECT 1);
SELECT 1::int, '2'::text || ':x', array[1,2]::int[];
SELECT U&'d\0061t\+000061;';`,
  "continued lines": String.raw`\set a \
  1 + \
  2
SELECT :a,
  'over
several lines',
  3;
\set b CASE \
  WHEN :a > 2 THEN 1 \
  ELSE 0 END
SELECT :b;`,
  "several in one": String.raw`SELECT 1 \; SELECT 2 \; SELECT 3;
BEGIN \; SELECT 4 \; COMMIT;`,
  "variables everywhere": String.raw`\set x 5
SELECT :x, ':x', :x::int, ':never_set', '12:30', 'a:x';`,
  transactions: String.raw`\set d random(-10, 10)
BEGIN;
SELECT :d;
SAVEPOINT s;
SELECT 1;
ROLLBACK TO s;
COMMIT;
START TRANSACTION;
ROLLBACK;`,
  "case of letters": String.raw`\SET x RANDOM(1, 10)
\IF :x > 5 AND NOT FALSE
SELECT :x;
\ELSE
SELECT -1;
\ENDIF`,
  defines: String.raw`\set a :number + 1
\set b :real * 2
\if :flag
SELECT ':text', :a, ':b', :number;
\endif`,
  "atomic body": String.raw`CREATE OR REPLACE FUNCTION pg_temp.f(a int) RETURNS int LANGUAGE sql
BEGIN ATOMIC
  SELECT CASE WHEN a > 1 THEN 2 ELSE 3 END;
  SELECT a + 1;
END;
SELECT pg_temp.f(1);`,
  "no final semicolon": String.raw`\set x 1
SELECT :x AS x`,
  programs: String.raw`\set y 2
\setshell x expr 3 + :y + :client_id
\shell test :x -ge 5
SELECT :x;`,
  ycsb: String.raw`\set r random_zipfian(0, 100000000, 1.07)
\set k abs(hash(:r)) % 1000000
SELECT :k, ':r';`,
};

/** Only the protocols that carry parameters can pipeline. (`\\syncpipeline` is not in pgbench 15.) */
export const PIPELINES: Readonly<Record<string, string>> = {
  pipeline: String.raw`\set x random(1, 100)
\startpipeline
BEGIN;
SELECT :x;
SELECT :x + 1;
COMMIT;
\endpipeline
SELECT 3;`,
  "pipeline of one": String.raw`\startpipeline
SELECT 1;
\endpipeline
\startpipeline
SELECT 2;
\endpipeline`,
};

export const DEFINES = { text: "hello", number: "007", real: "2.5", flag: "on" } as const;
