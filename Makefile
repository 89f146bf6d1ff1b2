# Slipway's commands. `make help` lists them; each works on a fresh machine.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The stack that up, preview, destroy and down work on: Pulumi.$(STACK).yaml.
STACK ?= dev
# The scenarios `make e2e` runs, comma-separated. Empty: all that fit CI's time.
SCENARIO ?=

# Modules besides the root; each has its own dependencies.
MODULES := . policy lab tools/toolchain tools/recover tools/csi-sidecars tools/cert-manager tools/external-dns tools/opa $(sort $(patsubst %/go.mod,%,$(wildcard tools/pulumi-*/go.mod)))

# One set of flags for everything that is built, tested and vetted: others would
# compile the same large dependencies a second time.
export GOTOOLCHAIN := local
export GOFLAGS := -trimpath -buildvcs=false
export CGO_ENABLED := 0

.PHONY: help
help: ## Show this help.
	@awk 'BEGIN {FS = ":.*## "} /^[a-z][a-z0-9-]*:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "  STACK=name picks the stack (dev), SCENARIO=name the e2e scenario."

.PHONY: up
up: build ## Deploy STACK until every node is Ready; brings up the local cloud if it needs it.
	@tools/stack.sh up $(STACK)

.PHONY: down
down: build ## Destroy STACK and stop the local cloud.
	@tools/stack.sh down $(STACK)

.PHONY: destroy
destroy: build ## Destroy STACK; the local cloud goes on.
	@tools/stack.sh destroy $(STACK)

.PHONY: preview
preview: build ## Show what `make up` would change.
	@tools/stack.sh preview $(STACK)

.PHONY: review
review: build ## The preview of STACK as Markdown for a pull request; PLAN=file saves it for `make up`.
	@tools/stack.sh review $(STACK)

.PHONY: drift
drift: build ## Fail when STACK is not as its configuration says, or somebody changed the cloud.
	@tools/stack.sh drift $(STACK)

.PHONY: tools
tools: build ## Build or find the toolchain: Pulumi, its plugins, the Kubernetes artifacts.
	@bin/toolchain all

.PHONY: test
test: build ## Run every test that needs no cloud.
	@tools/test.sh $(MODULES)

.PHONY: e2e
e2e: build ## Run the scenarios against the local cloud.
	@cd lab && go build -o ../bin/e2e ./e2e
	@bin/e2e $(SCENARIO)

.PHONY: bench
bench: build ## Measure against the local cloud; prints JSON lines.
	@cd lab && go build -o ../bin/e2e ./e2e
	@bin/e2e --bench

.PHONY: lint
lint: build ## gofmt, go vet, staticcheck, shellcheck.
	@tools/lint.sh $(MODULES)

.PHONY: update
update: ## Rewrite the golden files after a wanted change.
	@go test $$(go list -f '{{range .TestImports}}{{if eq . "slipway/internal/golden"}}{{$$.ImportPath}}{{end}}{{end}}' ./...) -update

.PHONY: clean
clean: ## Remove what the checkout built; the caches outside it stay.
	@rm -rf bin .slipway

# The programs of this repository itself. Go's build cache makes this instant when nothing changed.
.PHONY: build
build:
	@command -v go >/dev/null || { echo "make: Go 1.26.6 or newer is needed: https://go.dev/dl" >&2; exit 1; }
	@cd tools/toolchain && go build -o ../../bin/toolchain .
	@cd tools/recover && go build -o ../../bin/recover .
	@cd lab && go build -o ../bin/lab .
