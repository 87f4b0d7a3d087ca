# SPDX-License-Identifier: Apache-2.0
"""A land-cover scene drawn for the benchmarks of learning: 100 byte features and 33 classes in coherent patches."""
import numpy as np
from scipy.ndimage import gaussian_filter

FEATURES, CLASSES, FIELDS, SIDE = 100, 33, 12, 1000


class World:
    """Classes as places in a space of smooth fields, and how the fields show in the features; one for all scenes."""

    def __init__(self, seed=7):
        draw = np.random.default_rng(seed)
        self.centres = draw.normal(0, 1.1, (CLASSES, FIELDS))
        self.frequent = draw.normal(0, 0.5, CLASSES)
        self.loads = draw.normal(0, 1, (FIELDS, FEATURES)) * (draw.random((FIELDS, FEATURES)) < 0.35)
        self.gain = draw.uniform(10, 26, FEATURES)
        self.offset = draw.uniform(90, 160, FEATURES)
        self.noise = draw.uniform(3, 12, FEATURES)


def smooth_field(draw):
    """Patches of three sizes, of standard deviation 1."""
    field = np.zeros((SIDE, SIDE))
    for sigma, share in ((2, 0.5), (8, 0.8), (32, 1.0)):
        layer = gaussian_filter(draw.standard_normal((SIDE, SIDE)).astype(np.float32), sigma, mode="wrap")
        field += share * layer / layer.std()
    return (field / field.std()).ravel().astype(np.float32)


def scene(seed, world=None):
    """A million pixels: features (bytes, [pixel][feature]), classes with 15 % of wrong labels, and true classes."""
    world = world or World()
    draw = np.random.default_rng(seed)
    fields = np.stack([smooth_field(draw) for _ in range(FIELDS)], axis=1)
    nearness = 2 * fields @ world.centres.T + world.frequent - 0.5 * (world.centres**2).sum(1)
    true = nearness.argmax(1).astype(np.uint8)
    shown = 0.8 * fields + 0.5 * world.centres[true]
    features = np.empty((len(true), FEATURES), np.uint8)
    for first in range(0, len(true), 100000):
        part = slice(first, first + 100000)
        values = world.offset + 3 * world.gain * np.tanh(shown[part] @ world.loads / 3)
        values += world.noise * draw.standard_normal(values.shape)
        features[part] = np.clip(np.rint(values), 0, 255)
    wrong = draw.random(len(true)) < 0.15
    seen = np.where(wrong, draw.choice(true, len(true)), true).astype(np.uint8)
    return features, seen, true


def training_rows(count=50000):
    """Rows drawn from a scene of their own: features (bytes, [row][feature]) and classes with wrong labels."""
    features, seen, _ = scene(101)
    chosen = np.random.default_rng(5).choice(len(seen), count, replace=False)
    return np.ascontiguousarray(features[chosen]), seen[chosen]
