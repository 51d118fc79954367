"""The formula of the profile "classic" as others write it, frame by frame with OpenCV.

Usage: classic_reference.py CLIP FRAMES DECODED EXPECTED

Writes the first FRAMES frames of CLIP as OpenCV decodes them to DECODED, and filtered to EXPECTED: packed 8-bit BGR.
"""

import sys

import cv2
import numpy as np

SHARPEN = np.array([[-1, -1, -1], [-1, 9, -1], [-1, -1, -1]])

clip, frames, decoded, expected = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
capture = cv2.VideoCapture(clip)
with open(decoded, "wb") as before, open(expected, "wb") as after:
    for _ in range(frames):
        ok, frame = capture.read()
        if not ok:
            sys.exit(f"{clip} has fewer than {frames} frames")
        before.write(frame.tobytes())
        after.write(cv2.filter2D(cv2.convertScaleAbs(frame, alpha=1.2, beta=10), -1, SHARPEN).tobytes())
