"""The bill of materials of a package: CycloneDX 1.6 JSON of the wheels that are in it, and of the libraries that these bring along."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from datetime import UTC, datetime
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name, parse_wheel_filename

OWN = "edge-node"


class Bill:
    """What one package holds, gathered Python by Python."""

    def __init__(self, version: str, architecture: str) -> None:
        self._root = f"pkg:deb/{OWN}@{version}?arch={architecture}"
        self._version = version
        self._components: dict[str, dict[str, Any]] = {}
        self._wants: dict[str, set[str]] = {}

    def add(self, python: str, site: Path, wheels: Path) -> None:
        """All distributions under `site`, each with the wheel that it came from."""
        files = {_named(path): path for path in sorted(wheels.glob("*.whl"))}
        found = {canonicalize_name(one.metadata["Name"]): one for one in distributions(path=[str(site)])}
        refs = {name: f"pkg:pypi/{name}@{one.version}" for name, one in found.items()}
        for name, one in sorted(found.items()):
            component = self._components.setdefault(refs[name], _component(name, one, refs[name]))
            _note(component, python, files[name], one)
            wanted = {canonicalize_name(Requirement(text).name) for text in one.requires or ()}
            self._wants.setdefault(refs[name], set()).update(refs[other] for other in wanted & found.keys())
        self._wants.setdefault(self._root, set()).add(refs[canonicalize_name(OWN)])

    def json(self) -> str:
        """The bill as a file, the same for the same package."""
        components = [self._components[ref] for ref in sorted(self._components)]
        wants = [{"ref": ref, "dependsOn": sorted(self._wants[ref])} for ref in sorted(self._wants)]
        serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([self._root, components], sort_keys=True))
        moment = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), UTC).isoformat()
        product: dict[str, Any] = {"type": "application", "bom-ref": self._root, "name": OWN, "version": self._version, "purl": self._root}
        product |= {"licenses": [{"license": {"id": "EUPL-1.2"}}]}
        head = {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": f"urn:uuid:{serial}", "version": 1}
        told = head | {"metadata": {"timestamp": moment, "component": product}, "components": components, "dependencies": wants}
        return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def _named(wheel: Path) -> NormalizedName:
    return parse_wheel_filename(wheel.name)[0]


def _component(name: str, one: Distribution, ref: str) -> dict[str, Any]:
    told: dict[str, Any] = {"type": "library", "bom-ref": ref, "name": name, "version": one.version, "purl": ref}
    if summary := one.metadata.json.get("summary"):
        told["description"] = summary
    if licences := _licences(one):
        told["licenses"] = licences
    return told | {"externalReferences": [], "properties": [], "components": []}


def _licences(one: Distribution) -> list[dict[str, Any]]:
    """As its makers say it: an SPDX expression, else the words of its metadata."""
    told = one.metadata.json
    if expression := told.get("license_expression"):
        return [{"expression": expression}]
    words = [text.rpartition(" :: ")[2] for text in told.get("classifier", ()) if text.startswith("License :: ")]
    first_line = str(told.get("license", "")).strip().partition("\n")[0]
    return [{"license": {"name": word}} for word in words or filter(None, [first_line])]


def _note(component: dict[str, Any], python: str, wheel: Path, one: Distribution) -> None:
    """For which Python a wheel is there, and the shared libraries of others that are packed in it."""
    component["properties"].append({"name": "edge_node:python", "value": python})
    reference = {"type": "distribution", "url": wheel.name, "hashes": [{"alg": "SHA-256", "content": _sha256(wheel)}]}
    if reference not in component["externalReferences"]:
        component["externalReferences"].append(reference)
    for file in one.files or ():
        if file.parts[0].endswith(".libs") and ".so" in file.name:
            brought = {"type": "file", "name": file.name, "hashes": [{"alg": "SHA-256", "content": _sha256(Path(str(file.locate())))}]}
            if brought not in component["components"]:
                component["components"].append(brought)


def _sha256(path: Path) -> str:
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
