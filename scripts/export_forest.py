#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a tree or forest of scikit-learn as the JSON that `ecocube import` reads (docs/import.md).

    import joblib
    from export_forest import export_forest
    export_forest(joblib.load("model.joblib"), "model.json", features=["ndvi_p50.summer", "elevation"])

or, for a model that joblib or pickle has stored:

    python3 scripts/export_forest.py model.joblib model.json [FEATURE ...]
"""
import json
import sys


def export_forest(model, path, features=None):
    """Decision trees, random forests and extremely randomised trees, of classes or of one number."""
    trees = [getattr(tree, "tree_", tree) for tree in getattr(model, "estimators_", [model])]
    if any(not hasattr(tree, "children_left") for tree in trees):
        raise ValueError(f"{type(model).__name__} is no tree or forest of scikit-learn")
    if getattr(model, "n_outputs_", 1) != 1:
        raise ValueError(f"the model answers with {model.n_outputs_} numbers or classes at once")
    names = features if features is not None else getattr(model, "feature_names_in_", [])
    forest = {
        "ecocube_forest": 1,
        "source": f"scikit-learn {type(model).__name__}",
        "feature_count": int(model.n_features_in_),
        "features": [str(name) for name in names],
        "classes": [str(label) for label in getattr(model, "classes_", [])],
        "trees": [{
            "left": tree.children_left.tolist(),
            "right": tree.children_right.tolist(),
            "feature": tree.feature.tolist(),
            "threshold": tree.threshold.tolist(),
            "value": tree.value[:, 0, :].tolist(),
        } for tree in trees],
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(forest, file)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    import joblib

    export_forest(joblib.load(sys.argv[1]), sys.argv[2], sys.argv[3:] or None)
