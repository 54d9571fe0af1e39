#!/bin/sh
# Bills of materials against the strict schema of CycloneDX, by its makers' own library in an environment of its own.
#   tools/packaging/check_sbom.sh FILE.cdx.json...
set -eu
venv=${XDG_CACHE_HOME:-$HOME/.cache}/edge-node/cyclonedx
python=$venv/bin/python
if ! "$python" -c 'import cyclonedx.validation.json' 2>/dev/null; then
    python3 -m venv --clear "$venv"
    "$python" -m pip install -q --no-input --disable-pip-version-check 'cyclonedx-python-lib[json-validation]>=11,<12'
fi
"$python" - "$@" <<'PYTHON'
import json
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

wrong = 0
for name in sys.argv[1:]:
    text = Path(name).read_text(encoding="utf-8")
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    wrong += error is not None
    words = f"{len(json.loads(text)['components'])} components, valid CycloneDX 1.6"
    print(f"{Path(name).name}: {error or words}")
sys.exit(wrong > 0)
PYTHON
