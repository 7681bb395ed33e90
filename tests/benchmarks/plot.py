"""`plot.py OUTPUT` draws what is on standard input, JSON rows of name, pages_per_second, body and title, as a PNG."""

import json
import sys

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt


def main(output):
    rows = json.load(sys.stdin)
    figure, axes = plt.subplots(1, 2, figsize=(11, 4.5), sharex=True)
    for place, (name, label) in enumerate((("body", "body, F1 of four-word runs"), ("title", "title, share exact"))):
        known = [row for row in rows if row.get(name) is not None]
        axes[place].scatter([row["pages_per_second"] for row in known], [row[name] for row in known])
        for row in known:
            axes[place].annotate(
                row["name"],
                (row["pages_per_second"], row[name]),
                textcoords="offset points",
                xytext=(0, 8),
                ha="center",
            )
        axes[place].set(xscale="log", xlabel="pages a second, one core", ylabel=label)
        axes[place].grid(visible=True, alpha=0.3)
        axes[place].margins(0.25)
        for which in (axes[place].xaxis.set_major_formatter, axes[place].xaxis.set_minor_formatter):
            which("{x:.0f}")
        axes[place].tick_params(axis="x", which="minor", labelsize=7)
    figure.tight_layout()
    figure.savefig(output, dpi=120)


if __name__ == "__main__":
    main(sys.argv[1])
