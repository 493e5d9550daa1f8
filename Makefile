SOURCE ?= deploy/examples/bots
ARGS ?=
INSTALLED := node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help run test check bench bench-kubernetes bench-mongodb bench-bots chaos simulate-faults test-servers build simulate clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(INSTALLED) ## Run the controller on SOURCE=deploy/examples/bots; more options in ARGS=
	@exec scripts/clawfleet run --source $(SOURCE) $(ARGS)

test: $(INSTALLED) ## Run all tests
	@npm test

check: $(INSTALLED) ## Lint, check types and layers, look for stale generated files
	@npm run --silent check

bench: $(INSTALLED) ## Measure; names of benches and --json in ARGS=
	@npm run --silent bench -- $(ARGS)

bench-kubernetes: $(INSTALLED) ## Measure on a real kube-apiserver, which test-servers gets; --json in ARGS=
	@npm run --silent bench -- kubernetes $(ARGS)

bench-bots: $(INSTALLED) ## Measure with 10,000 agents that call; --json in ARGS=
	@npm run --silent bench -- bots $(ARGS)

bench-mongodb: $(INSTALLED) ## Measure documents beside files, on a MongoDB server as the tests have; --json in ARGS=
	@npm run --silent bench -- mongodb $(ARGS)

chaos: $(INSTALLED) ## Kill the controller -9 a hundred times while 200 bots change; --kills, --bots, --seed in ARGS=
	@npm run --silent chaos -- $(ARGS)

simulate-faults: $(INSTALLED) ## A thousand seeded runs in which states go back, the cloud lies and people act; --runs, --from in ARGS=
	@npm run --silent simulate-faults -- $(ARGS)

test-servers: $(INSTALLED) ## Get kube-apiserver, etcd and kubectl for the tests; ARGS=--build builds them with Go, in minutes
	@npm run --silent test-servers -- $(ARGS)

build: $(INSTALLED) ## Compile to dist/
	@npm run --silent build

simulate: $(INSTALLED) ## Serve a simulated DigitalOcean; options in ARGS=
	@exec scripts/clawfleet simulate $(ARGS)

clean: ## Remove what the build made; state and installed packages stay
	rm -rf dist

# npm writes this file at the end of an installation.
$(INSTALLED): package-lock.json
	@npm ci --loglevel=error
	@touch $@
