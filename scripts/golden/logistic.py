"""Writes test/fixtures/logistic.json: features, labels, and scikit-learn's logistic regression on them. Run once: python3 logistic.py FILE"""

import base64
import json
import sys

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

CLASSES, DIMENSIONS, TRAIN, TEST = 10, 64, 600, 300
LAMBDAS = [1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6]
random = np.random.default_rng(7)


def encode(array):
    return {"shape": list(array.shape), "f32": base64.b64encode(array.astype("<f4").tobytes()).decode()}


def draw(count):
    """Classes that overlap, in features that are correlated and of very different scales, cut at 0 like those of a network."""
    labels = np.arange(count) % CLASSES
    hidden = centres[labels] + random.normal(size=(count, 12))
    features = np.maximum(0, hidden @ mixing + 0.6 * random.normal(size=(count, DIMENSIONS))) * scales
    return features.astype("float32"), labels


centres = random.normal(size=(CLASSES, 12)) * 1.1
mixing = random.normal(size=(12, DIMENSIONS)) / 3
scales = 10 ** random.uniform(-2, 1, DIMENSIONS)
train, train_labels = draw(TRAIN)
test, test_labels = draw(TEST)


def fit(features, labels, strength):
    model = LogisticRegression(C=1 / (strength * len(labels)), tol=1e-7, max_iter=20000)
    return model.fit(features.astype("float64"), labels)


def accuracies(bank, labels, queries, query_labels):
    scaler = StandardScaler().fit(bank.astype("float64"))
    return [
        float(fit(scaler.transform(bank), labels, strength).score(scaler.transform(queries), query_labels))
        for strength in LAMBDAS
    ]


# Every fifth image of a class is held out.
place = np.zeros(TRAIN, int)
for label in range(CLASSES):
    place[train_labels == label] = 1 + np.arange((train_labels == label).sum())
held_out = place % 5 == 0
chosen = accuracies(train[~held_out], train_labels[~held_out], train[held_out], train_labels[held_out])
final = accuracies(train, train_labels, test, test_labels)
best = int(np.argmax(chosen))
result = {
    "source": f"scikit-learn {sklearn.__version__}, LogisticRegression (lbfgs, multinomial), float64, C = 1/(lambda n)",
    "classes": CLASSES,
    "train": encode(train),
    "trainLabels": train_labels.tolist(),
    "test": encode(test),
    "testLabels": test_labels.tolist(),
    "lambdas": LAMBDAS,
    "heldOutAccuracies": chosen,
    "testAccuracies": final,
    "lambda": LAMBDAS[best],
    "accuracy": final[best],
}
with open(sys.argv[1], "w") as file:
    json.dump(result, file)
print(json.dumps({key: result[key] for key in ("heldOutAccuracies", "testAccuracies", "lambda", "accuracy")}))
