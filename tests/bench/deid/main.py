"""`cargo xtask bench deid`: how fast a folder of CT slices is cleaned, beside KitwareMedical's
dicom-anonymizer and beside a plain copy of the files. With `--compare`: how much each of several tools
leaves, and takes away that should stay, on the planted set of the corpus.

Figures of a run belong together; between runs or machines only the ratios can be compared."""

import sys

import compare
import speed

if __name__ == "__main__":
    words = sys.argv[1:]
    if words not in ([], ["--compare"]):
        sys.exit("the only word it takes is --compare")
    compare.run() if words else speed.run()
