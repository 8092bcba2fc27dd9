"""Writes test/fixtures/hdbscan.json: features, and the clusters that scikit-learn's HDBSCAN finds in them (version 1.3 or later).
Run once: python3 hdbscan.py FILE"""

import base64
import json
import sys

import numpy as np
import sklearn
from sklearn.cluster import HDBSCAN

random = np.random.default_rng(11)


def encode(array):
    return {"shape": list(array.shape), "f32": base64.b64encode(array.astype("<f4").tobytes()).decode()}


def separate():
    """Seven clusters of different size and width on the sphere, far apart, and scattered rows."""
    sizes = [160, 120, 100, 80, 60, 40, 30]
    centres = random.normal(size=(7, 16))
    clusters = [centre + random.normal(size=(size, 16)) * random.uniform(0.1, 0.35) for size, centre in zip(sizes, centres)]
    return np.concatenate([*clusters, random.normal(size=(60, 16))])


def touching():
    """Clusters that overlap, of features that are cut at 0 like those of a network."""
    centres = random.normal(size=(12, 8)) * 1.4
    hidden = centres[np.arange(900) % 12] + 0.42 * random.normal(size=(900, 8))
    return np.maximum(0, hidden @ random.normal(size=(8, 32)))


def nested():
    """Each of four groups holds three narrower ones, and some rows are equal."""
    groups = np.repeat(random.normal(size=(4, 24)) * 2, 3, axis=0)
    centres = groups + random.normal(size=(12, 24)) * 0.4
    rows = np.repeat(centres, 50, axis=0) + random.normal(size=(600, 24)) * 0.12
    rows[:20] = rows[20:40]
    return rows


cases = []
for name, rows, size, samples in [
    ("separate", separate(), 15, 5),
    ("touching", touching(), 20, 10),
    ("nested", nested(), 12, 4),
]:
    features = rows.astype("float32")
    unit = features.astype("float64")
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    model = HDBSCAN(min_cluster_size=size, min_samples=samples, metric="euclidean", algorithm="brute", copy=True).fit(unit)
    print(name, np.unique(model.labels_, return_counts=True))
    cases.append(
        {
            "name": name,
            "minClusterSize": size,
            "minSamples": samples,
            "features": encode(features),
            "labels": model.labels_.tolist(),
            "probabilities": [round(float(p), 5) for p in model.probabilities_],
        }
    )
result = {"source": f"scikit-learn {sklearn.__version__}, HDBSCAN(algorithm='brute', metric='euclidean') on rows of length 1, float64", "cases": cases}
with open(sys.argv[1], "w") as file:
    json.dump(result, file)
    file.write("\n")
