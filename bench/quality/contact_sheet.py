"""Before and after, side by side, with labels: contact_sheet.py SHEET.png < [{"label", "before", "after"}, …]

`before` and `after` are pictures. Two pairs a row.
"""

import json
import sys

import cv2
import numpy as np

WIDTH, HEIGHT, CAPTION, GAP = 300, 168, 22, 6


def tile(path):
    picture = cv2.imread(path)
    height, width = picture.shape[:2]
    scale = max(WIDTH / width, HEIGHT / height)
    picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    top, left = (picture.shape[0] - HEIGHT) // 2, (picture.shape[1] - WIDTH) // 2
    return picture[top : top + HEIGHT, left : left + WIDTH]


def pair(item):
    both = np.hstack([tile(item["before"]), np.full((HEIGHT, 2, 3), 255, np.uint8), tile(item["after"])])
    caption = np.full((CAPTION, both.shape[1], 3), 255, np.uint8)
    cv2.putText(caption, item["label"], (2, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (40, 40, 40), 1, cv2.LINE_AA)
    return np.vstack([caption, both])


pairs = [pair(item) for item in json.load(sys.stdin)]
if len(pairs) % 2:
    pairs.append(np.full_like(pairs[0], 255))
gap = np.full((pairs[0].shape[0], GAP, 3), 255, np.uint8)
cv2.imwrite(sys.argv[1], np.vstack([np.hstack([a, gap, b]) for a, b in zip(pairs[::2], pairs[1::2])]))
