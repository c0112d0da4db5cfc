# Everything runs in .venv, made here from the lock file; only Python 3.11+ and pip are needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo test test-fast lint format docs bench bench-causes bench-incidents bench-example bench-calibration bench-redaction schema lock lab clean

help:  ## say what each target does
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# The lock names every package, so nothing is resolved anew (pip looks for newer versions of a dependency with extras).
$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

demo: $(READY)  ## make the example data and render the flagship escalation
	$(BIN)/rca demo

test: $(READY)  ## run the whole test suite
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

test-fast: $(READY)  ## run the tests that need no kernel
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile -m "not kernel and not slow"

lint: $(READY)  ## check style, format, types and notebooks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)  ## bring code and notebooks into the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)  ## write docs/reference.md from the code
	$(BIN)/python docs/make_reference.py

bench: $(READY)  ## measure speed beside papermill and nbconvert alone
	$(BIN)/python benchmarks/speed.py

bench-causes: $(READY)  ## measure how often planted causes are found, and false ones refused
	$(BIN)/python -m benchmarks.causes

bench-incidents: $(READY)  ## find the segment of 67 real incidents (needs ../shared/data/robustspot)
	$(BIN)/python benchmarks/robustspot.py

bench-example: $(READY)  ## find the planted mechanisms of the example's escalations
	test -d examples/lert || $(BIN)/rca demo
	$(BIN)/python benchmarks/example_causes.py --show

bench-calibration: $(READY)  ## measure how often simulated 95% intervals cover the truth
	$(BIN)/python -m benchmarks.calibration

bench-redaction: $(READY)  ## measure how many identifiers in free text are found, and how fast (needs ../shared/data/pii_synthetic)
	$(BIN)/python -m benchmarks.redaction

schema: $(READY)  ## publish the JSON Schemas of case.json and of case files
	$(BIN)/python -m rca_lib.review.record > docs/case.schema.json
	$(BIN)/python -c 'import json; from rca_lib.review.casefile import case_file_schema; \
	print(json.dumps(case_file_schema(), indent=1, ensure_ascii=False))' > docs/case_file.schema.json

lab: $(READY)  ## make a second environment with JupyterLab and open it
	test -x .venv-lab/bin/jupyter-lab || ( $(PYTHON) -m venv .venv-lab && \
	.venv-lab/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-lab.lock && \
	.venv-lab/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . )
	.venv-lab/bin/jupyter lab notebooks

lock:  ## pin exact versions again (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-header --no-annotate --extra dev pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-header --no-annotate --extra dev --extra lab --constraints requirements.lock pyproject.toml -o requirements-lab.lock

clean:  ## remove the environments, the example data and the reports
	rm -rf $(VENV) .venv-lab examples/lert examples/lert_truth.json
	find reports -mindepth 1 ! -name README.md -delete
