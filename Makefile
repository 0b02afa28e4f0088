# make run: the demonstration on http://127.0.0.1:8000        make test: everything that must hold
# make words: bring texts that screens gained or lost into translations/, to be translated there
.PHONY: setup setup-test setup-attack run test lint bench soak attack words clean lock

setup:
	@bash scripts/setup.sh run

setup-test:
	@bash scripts/setup.sh test

setup-attack:
	@bash scripts/setup.sh attack

run: setup
	@bash scripts/run.sh

lint: setup-test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

test: lint
	.venv/bin/python -m pytest -n 2 --dist worksteal

bench: setup-test
	.venv/bin/python benchmarks/trace.py
	.venv/bin/python benchmarks/import.py
	.venv/bin/python benchmarks/letters.py
	.venv/bin/python benchmarks/case.py
	.venv/bin/python benchmarks/duplicates.py

soak: setup-test
	.venv/bin/python -m pytest -o addopts="-q -p no:cacheprovider" tests/soak

attack: setup-attack
	.venv/bin/python -m pytest -o addopts="-q -p no:cacheprovider" -n 2 --dist worksteal tests/attack

words: setup-test
	.venv/bin/pybabel -q extract --mapping babel.cfg --keyword lazy_gettext --keyword to_translate --no-location --sort-output --output translations/messages.pot .
	.venv/bin/pybabel -q update --input-file translations/messages.pot --output-dir translations --no-fuzzy-matching --ignore-obsolete --no-wrap --omit-header

lock: setup-test
	.venv/bin/python -m pip install --quiet --disable-pip-version-check uv
	.venv/bin/uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 pyproject.toml -o requirements.lock
	.venv/bin/uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 --group dev pyproject.toml -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
