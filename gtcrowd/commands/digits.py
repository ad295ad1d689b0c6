"""Provide real pictures: the handwritten digits of scikit-learn, 8 x 8 pixels in 16 shades, enlarged and saved as PNG.

E. Alpaydin & C. Kaynak 1998, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository.
"""

import json

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from gtcrowd.jobs import store

SCALE = 24
"""Enlargement factor; pictures have 192 x 192 pixels."""


def pictures() -> tuple[np.ndarray, np.ndarray]:
    """Return the pictures, float [1797, 8, 8] from 0 to 16, and their digits, int [1797]."""
    digits = load_digits()
    return digits.images, digits.target


def write(bucket: str, numbers: range, images: np.ndarray) -> None:
    """Write pictures as `s3://BUCKET/digits/0007.png`, unless they exist."""
    for number in numbers:
        uri = address(bucket, number)
        try:
            store.store().size(uri)
        except store.ObjectMissing:
            shades = (255 - images[number] * 255 / 16).astype(np.uint8)
            picture = Image.fromarray(shades).resize((8 * SCALE, 8 * SCALE), Image.Resampling.BICUBIC)
            with store.store().write(uri) as file:
                picture.save(file, format="PNG")


def manifest(bucket: str, name: str, numbers: range) -> str:
    """Write the input manifest of these pictures and return its URI."""
    uri = f"s3://{bucket}/manifests/{name}.manifest"
    with store.store().write(uri) as file:
        for number in numbers:
            file.write(json.dumps({"source-ref": address(bucket, number), "number": number}).encode() + b"\n")
    return uri


def address(bucket: str, number: int) -> str:
    return f"s3://{bucket}/digits/{number:04d}.png"
