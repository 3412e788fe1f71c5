# `make chat` sets everything up and opens the chat; `make test` sets everything up and tests.
PORT ?= 7860
# Without DOCS, a first set of documents is added where there are none yet.
DOCS ?= --starter evals/first/documents
DATA ?= .data
PYTHON ?= python3
# uv from the machine, else one in a folder of this checkout.
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)

.PHONY: chat test check setup lock

chat: setup
	.venv/bin/qa chat $(DOCS) --data $(DATA) --port $(PORT)

# The small model is fetched before the tests, which reach nothing but loopback.
test: setup check
	-.venv/bin/qa models pull qwen2.5-coder-0.5b-instruct
	.venv/bin/python -m pytest

check: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

setup: .venv/ready

.venv/ready: requirements.lock pyproject.toml | $(UV)
	$(UV) venv --quiet --allow-existing --python '>=3.11,<3.14' .venv
	$(UV) pip sync --quiet --require-hashes --link-mode copy --python .venv/bin/python requirements.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation --python .venv/bin/python --editable .
	touch .venv/ready

.tools/bin/uv:
	$(PYTHON) -m venv .tools
	.tools/bin/python -m pip install --quiet uv

lock: | $(UV)
	$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  --extra dev --python-version 3.11 pyproject.toml --output-file requirements.lock
