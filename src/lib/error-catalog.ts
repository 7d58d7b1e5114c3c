/**
 * Every error a person can meet, as data. `docs/reference/errors.md` is generated from this file.
 *
 * `what` says what happened, `hint` what to do next; `{name}` is filled from the thrower's facts.
 * A code is permanent: people search for it. Exit status: 2 experiment or usage, 3 this machine
 * lacks something, 4 target, 5 load, 6 something could not be taken down.
 */
export const ERRORS = {
  SPEC_INVALID: {
    exit: 2,
    what: "{file} has {count} {faults}:\n{list}",
    hint: "Run `pgdyno explain experiment` for every field, or `pgdyno schema` for an editor's JSON Schema.",
  },
  EXPERIMENT_NOT_FOUND: {
    exit: 2,
    what: "There is no experiment file and no built-in experiment called `{name}`.{didYouMean}",
    hint: "Built-in experiments: {known}. `pgdyno init` writes a file to start from.",
  },
  USAGE: { exit: 2, what: "{message}", hint: "{hint}" },
  RUN_NOT_FOUND: {
    exit: 2,
    what: "{path} is not a record: {because}.",
    hint: "Name a folder under `runs/`, or `runs/latest`; `pgdyno history` lists the records.",
  },
  RECORD_UNREADABLE: {
    exit: 2,
    what: "{path}, line {line}, cannot be read: {because}.",
    hint: "The record was damaged or written by another program. The other files of the record are untouched.",
  },
  RECORD_TOO_NEW: {
    exit: 2,
    what: "{path} has record format {found}, and this pgdyno reads up to {wanted}.",
    hint: "Read it with the pgdyno that wrote it ({version}) or a later one.",
  },
  RESUME_NOTHING: {
    exit: 2,
    what: "{path} has no trial left to run: it is {status}.",
    hint: "Run `pgdyno report {path}` to read it, or `pgdyno run` to measure again.",
  },
  RESUME_RUNNING: {
    exit: 2,
    what: "{path} is still being measured, by process {pid}.",
    hint: "Wait until it ends, or stop it with Ctrl-C, then resume it.",
  },
  RESUME_CHANGED: {
    exit: 2,
    what: "{path} cannot go on here: {what} was {before} and is {now}.",
    hint: "Trials from before and after such a change are not comparable. Start a new run.",
  },
  TOOL_MISSING: {
    exit: 3,
    what: "`{tool}` was not found, and {neededBy} needs it.",
    hint: "Run `pgdyno doctor` to see every missing tool with its install command.",
  },
  TOOL_TOO_OLD: {
    exit: 3,
    what: "{path} is {tool} {found}, and {feature} needs version {wanted} or later.",
    hint: "Install a later {tool}, or leave out what needs it.",
  },
  POSTGRESQL_MISSING: {
    exit: 3,
    what: "PostgreSQL {version} was not found: {because}.",
    hint: "Run `pgdyno doctor`: it lists the PostgreSQL versions of this machine and the embedded ones, and how to get others.",
  },
  DISK_TOO_SMALL: {
    exit: 3,
    what: "{path} has {free} free, and this experiment needs about {wanted}.",
    hint: "Name a larger volume with `target.local.directory`, or lower the scale.",
  },
  TARGET_DIRECTORY_NOT_EMPTY: {
    exit: 2,
    what: "{directory} is not empty: it holds `{first}`, and what it holds is left untouched.",
    hint: "Name an empty or absent folder on the same volume with `target.local.directory`.",
  },
  DSN_INVALID: {
    exit: 2,
    what: "{where} cannot be used: {because}.",
    hint: "Its form is libpq's: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING",
  },
  DATABASES_DIFFER: {
    exit: 2,
    what: "The probes are in database `{watched}` ({monitor}), and the load is in `{loaded}` ({load}).",
    hint: "Statistics of tables are seen only from within their database: have `monitorDsn` name `dbname={loaded}`.",
  },
  TARGET_DID_NOT_START: {
    exit: 4,
    what: "PostgreSQL did not come up in {directory}: {because}",
    hint: "Its log is {log}.",
  },
  TARGET_UNREACHABLE: {
    exit: 4,
    what: "{where} cannot be reached: {because}",
    hint: "Check host, port, user, password source and TLS settings: `pgdyno doctor --dsn …` tries each in turn.",
  },
  POOLER_BETWEEN: {
    exit: 4,
    what: "{where} leads to a connection pooler {because}. Watching needs sessions of its own, and must take none from the application.",
    hint: "Name the server itself {nameIt}. Its address, as the pooler sees it: {direct}",
  },
  CONNECTION_SLOTS_TAKEN: {
    exit: 4,
    what: "The server at {where} runs, but {because}.",
    hint: "{remedy}",
  },
  TARGET_DIED: {
    exit: 4,
    what: "The PostgreSQL under test stopped unasked: {because}",
    hint: "What was measured until then is in {run}. The server's log is {log}.",
  },
  TARGET_NOT_OURS: {
    exit: 4,
    what: "Database `{database}` on {where} holds {what} and does not bear pgdyno's marker, so it is left untouched.",
    hint: "Create an empty database for pgdyno and name it in `target.existing.dsn`; or give it this one, a copy and never the original, with `pgdyno mark`.",
  },
  TARGET_LOOKS_LIKE_PRODUCTION: {
    exit: 4,
    what: "{where} looks like production: {signs}.",
    hint: "Load it only where you may: set `target.existing.production: i-know` in the experiment.",
  },
  TARGET_READ_ONLY: {
    exit: 4,
    what: "{where} takes no writes ({because}), and this experiment writes.",
    hint: "Name a server that takes writes; or only read, from tables that are there: `builtin: select-only` or scripts that only read, with `initialize: false`.",
  },
  PRIVILEGE_MISSING: {
    exit: 4,
    what: "Role `{role}` on {where} may not {what}.",
    hint: "{remedy}",
  },
  LOAD_FAILED: {
    exit: 5,
    what: "{tool} failed while {doing}: {because}",
    hint: "Its untouched output is in {path}.",
  },
  LOAD_FAILING: {
    exit: 5,
    what: "No transaction of {load} succeeded in {time}; {what}. {first}.",
    hint: "{list}The run has ended, since further trials would fail as well. Run the script by hand as the role of the load, correct what fails, and run the experiment again.",
  },
  SCRIPT_FAILS: {
    exit: 5,
    what: "Tried once before the load, {scripts}:\n{list}",
    hint: "It would fail in every transaction, so nothing was measured. Correct the script, its protocol or the privileges of the load's role, and run the experiment again.",
  },
  LOAD_OUTPUT_UNREADABLE: {
    exit: 5,
    what: "A line that {tool} printed cannot be read: {line}",
    hint: "Its untouched output is in {path}. Please report it with the tool's version.",
  },
  SCRIPT_INVALID: {
    exit: 2,
    what: "{file} has {count} {faults}:\n{list}",
    hint: "The script language is pgbench's: https://www.postgresql.org/docs/current/pgbench.html",
  },
  WORKER_TOKEN_MISSING: {
    exit: 2,
    what: "{who} needs a token that it shares with the other side, and none is given.",
    hint: "Make one with `openssl rand -hex 32 > worker-token`, and give it to both sides: in a file ({file}), or in the environment variable PGDYNO_TOKEN.",
  },
  WORKER_TOKEN: {
    exit: 2,
    what: "This worker and the run at {where} do not have the same token.",
    hint: "Give both the same one: `--token-file` here and `load.tokenFile` there, or PGDYNO_TOKEN on both sides.",
  },
  WORKER_VERSION: {
    exit: 3,
    what: "The run at {where} is pgdyno {coordinator}, and this worker is pgdyno {worker}.",
    hint: "Install the same version on both machines.",
  },
  WORKER_NOT_NEEDED: {
    exit: 2,
    what: "The run at {where} has all the workers that it waits for.",
    hint: "Raise `load.join` in its experiment.",
  },
  WORKER_LOST: {
    exit: 5,
    what: "{worker} was lost: {because}.",
    hint: "What was measured until then is in the record; `pgdyno resume` goes on with it.",
  },
  WORKER_FAILED: {
    exit: 5,
    what: "The load of {worker} failed: {because}.",
    hint: "{hint}",
  },
  WORKER_CANNOT_REACH: {
    exit: 2,
    what: "{worker} runs on another machine, and the load goes to {where}, which only this machine can reach.",
    hint: "Load a server that listens on the network (target `existing`), or have the workers run here: `load: { workers: … }`.",
  },
  COORDINATOR_CANNOT_LISTEN: {
    exit: 3,
    what: "Workers cannot join at {where}: {because}.",
    hint: "Name another address of this machine, or another port, with `load.listen`.",
  },
  COORDINATOR_UNREACHABLE: {
    exit: 4,
    what: "The run at {where} cannot be reached: {because}.",
    hint: "Start it, and check the address and port that it waits at, the firewall between, and whether it wants TLS (`--tls-ca`). `--wait` has a worker try for longer.",
  },
  COORDINATOR_LOST: {
    exit: 5,
    what: "The run at {where} is gone: {because}.",
    hint: "The load of this worker was stopped. See what the run says where it was started.",
  },
  CLUSTER_MISSING: {
    exit: 2,
    what: "A {stage} needs a cluster that pgdyno runs, and target `{target}` has none here.",
    hint: "Give `target.local` two or more `instances`.",
  },
  CEILINGS_NOT_POSSIBLE: {
    exit: 2,
    what: "Ceilings cannot be measured here: {because}.",
    hint: "Run `pgdyno explain ceilings` for what the stage does and what it needs.",
  },
  SETTINGS_NOT_POSSIBLE: {
    exit: 2,
    what: "A variant of the {stage} stage changes settings, and those of this target are not pgdyno's to change.",
    hint: "Use target `local`, or change the settings yourself and compare two recorded runs: `pgdyno compare RUN_A RUN_B`.",
  },
  VERSION_NOT_POSSIBLE: {
    exit: 2,
    what: "A variant of the {stage} stage runs on PostgreSQL {version}, and this target's version is not pgdyno's to choose.",
    hint: "Use target `local` with one instance, or compare two recorded runs: `pgdyno compare RUN_A RUN_B`.",
  },
  SETTING_REFUSED: {
    exit: 2,
    what: "PostgreSQL does not take `{name} = {value}`: {because}",
    hint: "See what the setting allows: `select * from pg_settings where name = '{name}'`.",
  },
  COMPARE_NOTHING: {
    exit: 2,
    what: "{a} and {b} have no load in common: {because}",
    hint: "Runs are compared at points with the same workload, clients and rate. Run the same experiment twice.",
  },
  HYPOTHESIS_MISSING: {
    exit: 2,
    what: "`{finding}` of {path} has no experiment to test it by: {because}.",
    hint: "Findings that can be tested here: {known}.",
  },
  HYPOTHESIS_BY_HAND: {
    exit: 2,
    what: "pgdyno cannot test `{finding}` of {path} by itself: {change} is its owner's to bring about, or somebody else brought the load.",
    hint: "Make that change, measure again as before, and look whether it is gone: `pgdyno test-hypothesis {path} {finding} --after RUN`.",
  },
  CLUSTER_NOT_HEALTHY: {
    exit: 4,
    what: "Before {trial} the cluster was not whole within {limit}: {because}",
    hint: "What was measured until then is in the record. The servers' logs say more.",
  },
  FAULT_NOT_POSSIBLE: {
    exit: 3,
    what: "The fault `{fault}` cannot be applied here. {because}",
    hint: "Run `pgdyno explain {fault}` for what it needs.",
  },
  FAULT_NOT_HEALED: {
    exit: 6,
    what: "The fault `{fault}` on {on} could not be undone: {because}",
    hint: "Run `pgdyno gc` to see what is left and to remove it.",
  },
  FAULT_FAILED: {
    exit: 4,
    what: "`{fault}` could not be applied to {on}: {because}.",
    hint: "Nothing is left of it. Run `pgdyno explain {fault}` for what it does and what it needs.",
  },
  PGBACKREST_MISSING: {
    exit: 3,
    what: "The archive is to go through pgBackRest, and `pgbackrest` was not found on PATH.",
    hint: "Install it (`pgdyno doctor` says how), or leave `pgbackrest` out of `archive`.",
  },
  PGBACKREST_FAILED: {
    exit: 4,
    what: "`pgbackrest {command}` failed: {because}",
    hint: "Look the error up at https://pgbackrest.org; an older pgBackRest does not know a newer PostgreSQL.",
  },
  RECOVERY_NOT_POSSIBLE: {
    exit: 2,
    what: "The recovery `{recovery}` cannot be shown here. {because}",
    hint: "Leave it out of the stage's `of`, or give the target what it needs: `pgdyno explain recovery`.",
  },
  RECOVERY_WAL_NOT_WRITTEN: {
    exit: 5,
    what: "The load did not write {wanted} of WAL within {limit}.",
    hint: "Take smaller sizes under `wal`, more `clients`, or a longer `limit`.",
  },
  PAGE_NOT_BUILT: {
    exit: 3,
    what: "The page that HTML reports are put into is not built: pgdyno runs from its sources.",
    hint: "Run `npm run build` in the checkout.",
  },
  TWO_PHASE_OFF: {
    exit: 5,
    what: "A script prepares transactions, and {where} takes none: max_prepared_transactions is 0.",
    hint: "Set max_prepared_transactions to at least {clients}, one for each client, and restart the server. For a target of pgdyno's own: `parameters: { max_prepared_transactions: {clients} }`.",
  },
  PREPARED_LEFT: {
    exit: 6,
    what: "The load prepared transactions on {where}, and that none of them is left could not be seen: {because}",
    hint: "Once the server answers, run `pgdyno gc`, or look at pg_prepared_xacts and end them with ROLLBACK PREPARED. They hold their locks until then.",
  },
  DOWN_FAILED: {
    exit: 6,
    what: "{count} of {total} things that the run set up could not be taken down: {titles}.",
    hint: "Run `pgdyno gc` to see what is left and to remove it.",
  },
} as const satisfies Record<string, { exit: number; what: string; hint: string }>;
