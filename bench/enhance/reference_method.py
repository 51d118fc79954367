"""The usual way to do what "classic" does: every frame through Python and OpenCV into an intermediate file, which a
second program encodes for browsers.

Usage: reference_method.py FFMPEG CLIP FOLDER
"""

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np

SHARPEN = np.array([[-1, -1, -1], [-1, 9, -1], [-1, -1, -1]])

ffmpeg, clip, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
intermediate = folder / "intermediate.mp4"

capture = cv2.VideoCapture(clip)
size = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
writer = cv2.VideoWriter(str(intermediate), cv2.VideoWriter_fourcc(*"mp4v"), capture.get(cv2.CAP_PROP_FPS), size)
if not writer.isOpened():
    sys.exit("OpenCV cannot write MPEG-4 here")
while True:
    ok, frame = capture.read()
    if not ok:
        break
    writer.write(cv2.filter2D(cv2.convertScaleAbs(frame, alpha=1.2, beta=10), -1, SHARPEN))
writer.release()

encode = ["-c:v", "libx264", "-preset", "medium", "-crf", "23", "-pix_fmt", "yuv420p", "-c:a", "aac"]
inputs = ["-i", intermediate, "-i", clip, "-map", "0:v", "-map", "1:a?"]
output = ["-movflags", "+faststart", folder / "reference.mp4"]
subprocess.run([ffmpeg, "-v", "error", "-y", *inputs, *encode, *output], check=True)
