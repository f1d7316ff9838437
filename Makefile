# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later

.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .build/venv/bin
# The tools find the collection of this checkout, and nothing of the caller's cluster or Ansible configuration.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONPATH := $(CURDIR)/.build/collections:$(CURDIR)
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.build/collections
unexport KUBECONFIG ANSIBLE_CONFIG

# As many tests at once as there are nodes, or else cores; the long ones first.
PYTEST = python -m pytest -n auto --dist loadfile --no-loadscope-reorder

SHELL_SCRIPTS = $(shell git ls-files | xargs grep -lE '^\#!/bin/(sh|bash)' 2>/dev/null)

.PHONY: help setup setup-python setup-node demo test test-faults test-unit lint bench docs replies clean

help: ## Show the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

setup: setup-python setup-node ## Install everything that demo and test need (they do it themselves)

setup-python:
	@tools/setup-python

setup-node: setup-python
	@if [ -z "$$MAILOPS_TEST_KUBECONFIG" ]; then \
		packages=$$(python -m tests.cluster requirements) && \
		tools/setup-system $$packages && python -m tests.cluster build >/dev/null; \
	fi

demo: setup ## Show the whole flow on a real Kubernetes node, from no mail to a delivered invitation
	@python -m tests.cluster run -- python -m tests.demo

test: setup ## Run unit, integration and system tests
	@python -m tests.cluster run --nodes 2 -- $(PYTEST) -m 'not faults' tests/system tests/integration tests/unit

test-faults: setup ## Run the long system tests: killed runs, back-out, rights, rollouts, a private CA, sabotage
	@python -m tests.cluster run --nodes 2 -- $(PYTEST) -m faults tests/system

test-unit: setup-python ## Run the unit tests: no network, no cluster, seconds
	@$(PYTEST) tests/unit

lint: setup-python ## Check style, types, documentation and Ansible's own rules
	@tools/setup-system shellcheck
	ruff check .
	ruff format --check .
	cd .build/collections && mypy --config-file $(CURDIR)/pyproject.toml ansible_collections/mailops/smtp/plugins
	mypy tests tools molecule
	shellcheck $(SHELL_SCRIPTS)
	yamllint --strict .
	ansible-lint
	reuse lint --quiet
	antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs=self .
	antsibull-changelog lint
	python tools/docs.py --check
	python tools/sanity.py

bench: setup ## Compare the playbook and the probe with the bare commands, side by side
	@tools/setup-system swaks libnet-ssleay-perl monitoring-plugins-basic
	@python -m tests.cluster run -- python -m tests.bench

docs: setup-python ## Generate the reference pages and the argument specifications of the roles
	@python tools/docs.py

replies: setup-python ## Measure how well refusals are understood: FILE=… [LIST=1|JSON=1]
	@python -m tools.replies $(if $(LIST),--list) $(if $(JSON),--json) "$(FILE)"

clean: ## Stop the node and remove what was built
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m tests.cluster down; fi
	rm -rf .build .hypothesis .mypy_cache .pytest_cache .ruff_cache "$${XDG_CACHE_HOME:-$$HOME/.cache}/mailops-smtp"
