"""Validates manifests strictly: Kubernetes' own kinds by kubernetes-validate, others by the schemas of their CRDs.

schemas.py MANIFEST... -- CRD...
"""
import copy
import sys

import jsonschema
import kubernetes_validate
import yaml

SPLIT = sys.argv.index("--")
MANIFESTS, CRDS = sys.argv[1:SPLIT], sys.argv[SPLIT + 1 :]


def strict(schema):
    """A property that the schema does not name is refused, at every depth."""
    if isinstance(schema, dict):
        if "properties" in schema and not schema.get("x-kubernetes-preserve-unknown-fields"):
            schema.setdefault("additionalProperties", False)
        for value in schema.values():
            strict(value)
    elif isinstance(schema, list):
        for value in schema:
            strict(value)
    return schema


def schemas():
    found = {}
    for name in CRDS:
        with open(name, encoding="utf8") as file:
            text = "\n".join(line for line in file.read().splitlines() if not line.startswith("{{"))
        for crd in yaml.safe_load_all(text):
            if not crd or crd.get("kind") != "CustomResourceDefinition":
                continue
            spec = crd["spec"]
            for version in spec["versions"]:
                schema = copy.deepcopy(version["schema"]["openAPIV3Schema"])
                schema["properties"]["metadata"] = {"type": "object"}
                found[(f"{spec['group']}/{version['name']}", spec["names"]["kind"])] = strict(schema)
    return found


CUSTOM = schemas()
for manifest in MANIFESTS:
    with open(manifest, encoding="utf8") as file:
        for document in yaml.safe_load_all(file):
            kind = (document["apiVersion"], document["kind"])
            try:
                if kind in CUSTOM:
                    jsonschema.Draft7Validator(CUSTOM[kind]).validate(document)
                else:
                    kubernetes_validate.validate(document, "1.34", strict=True)
            except jsonschema.ValidationError as error:
                sys.exit(f"{manifest}: {' '.join(kind)}: {error.message}")
            print(*kind)
