# Two commands: `make quickstart` measures a PostgreSQL on this machine, `make test` runs all tests.
.PHONY: quickstart test build check setup

quickstart: build
	bin/pgdyno run quickstart

test: build
	tools/test.sh

check: node_modules/.package-lock.json
	npm run --silent check

build: node_modules/.package-lock.json
	npm run --silent build

setup: node_modules/.package-lock.json

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --no-audit --no-fund
	touch $@
