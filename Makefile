# `make` lists what there is. Everything runs in .venv, which bootstrap.py makes when it is not there.

SHELL := /bin/sh
VENV := .venv/bin
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(VENV)/uv pip compile -q --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url

# The first Python there is runs bootstrap.py, which looks for one that is recent enough.
BOOTSTRAP = for python in python3 python3.14 python3.13 python3.12 python3.11; do \
		"$$python" -c '' >/dev/null 2>&1 && exec "$$python" bootstrap.py $(1); \
	done; \
	echo "No hay ningún Python: instala Python 3.11 o posterior" \
		"(en Debian y Ubuntu: sudo apt install python3 python3-venv) y repite." >&2; \
	exit 1

.PHONY: help run run-billing run-crm test caos hostil bench lint format compose-check compose-env lock clean env env-test
.DEFAULT_GOAL := help

help: ## Esta lista
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
		while IFS='|' read -r target what; do printf '%-22s %s\n' "$$target" "$$what"; done

run: env ## Arranca facturación y CRM, la primera vez con una empresa de demostración (DEMO=0: sin ella)
	@$(VENV)/python launcher.py

run-billing: env ## Arranca solo facturación
	@$(VENV)/python launcher.py billing

run-crm: env ## Arranca solo el CRM
	@$(VENV)/python launcher.py crm

# One run for each package: both services have a table `auditoria`, and SQLModel keeps one list a process.
# Two workers more than processors: some tests wait for what they set going.
# A file system is slow to make files where it has just deleted thousands, as each test's database is: in memory,
# where there is plenty, it is not asked.
test: lint ## Todas las pruebas, en SQLite y en PostgreSQL
	@n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ "$$n" -gt 2 ] || n=2; n=$$((n + 2)); \
	free=$$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $$4 }'); \
	if [ "$${free:-0}" -gt 4000000 ] && [ -w /dev/shm ]; then export POSTGRESQL_DE_PRUEBAS=/dev/shm; fi; \
	for tests in shared-contracts/tests billing-service/tests crm-service/tests e2e-tests; do \
		$(VENV)/python -m pytest -n "$$n" $(PYTEST) $$tests || exit; \
	done

caos: env-test ## Campaña de fallos sobre los procesos (CAOS_SEED, CAOS_RONDAS, CAOS_BASES, CAOS_FALLOS; INFORME=1: tabla)
	@PYTHONPATH=e2e-tests $(VENV)/python -m caos

hostil: env-test ## Peticiones hostiles, en su forma larga (HOSTIL_PETICIONES, HOSTIL_EJEMPLOS, HOSTIL_SEED)
	@HOSTIL_PETICIONES=$${HOSTIL_PETICIONES:-10000} HOSTIL_EJEMPLOS=$${HOSTIL_EJEMPLOS:-50} \
		$(VENV)/python -m pytest -n 2 e2e-tests/test_hostile.py e2e-tests/test_hostile_crm.py \
		e2e-tests/test_schemathesis.py

bench: env-test ## Mide lo que cuesta todo, junto a su suelo (PARTES=…; INFORME=1: reescribe docs/rendimiento.md)
	@cd e2e-tests && ../$(VENV)/python -m bench $(PARTES)

lint: env-test ## Estilo, tipos y fronteras entre módulos
	@$(VENV)/ruff check -q
	@$(VENV)/ruff format -q --check
	@$(VENV)/mypy
	@$(VENV)/mypy launcher.py
	@$(VENV)/lint-imports --no-logo

format: env-test ## Da formato al código y corrige lo que se corrige solo
	@$(VENV)/ruff check --fix
	@$(VENV)/ruff format

compose-check: env-test ## Comprueba docker-compose.yml y los Dockerfile, sin Docker
	@$(VENV)/python -m pytest -q e2e-tests/test_compose.py

compose-env: ## Escribe .env con secretos nuevos para docker compose; si ya existe, lo deja
	@chmod a+r docker-compose.databases.sh # read by PostgreSQL's user, whatever the umask of the clone was
	@if [ -e .env ]; then echo "Ya hay un .env: se queda como está."; exit 0; fi; \
	umask 077 && while IFS= read -r line; do case "$$line" in \
		[A-Z]*=) echo "$$line$$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" ;; \
		*) echo "$$line" ;; \
	esac; done <.env.example >.env.nuevo && mv .env.nuevo .env && echo "Escrito .env, con secretos nuevos."

lock: env-test ## Fija otra vez los paquetes de los requirements*.in (UP=--upgrade: a lo más reciente)
	$(COMPILE) $(UP) requirements.in -o requirements.txt
	$(COMPILE) $(UP) -c requirements.txt requirements-test.in -o requirements-test.txt
	$(COMPILE) -c requirements-test.txt requirements-build.in -o requirements-build.txt
	$(COMPILE) $(UP) requirements-bench.in -o requirements-bench.txt

clean: ## Borra el entorno y lo que se vuelve a hacer; los datos se quedan
	@rm -rf .venv .bench .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

env:
	@$(call BOOTSTRAP)

env-test:
	@$(call BOOTSTRAP,--test)
