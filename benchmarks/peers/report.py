# SPDX-License-Identifier: Apache-2.0
"""The table and the plots of docs/performance.md, from the kept results."""

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "agront"}  # small files, the same each time
import matplotlib.pyplot as plt

OURS, THEIRS, WANTED = "#2f7d4f", "#b8b8b8", "#202020"
OP_COLOURS = {"products": "#2f7d4f", "attention": "#e0a030", "layer_norm": "#4f7fb8", "quantize": "#b05080",
              "embedding": "#808080", "other": "#c8c8c8"}


def table(rows):
    text = ["| work | against | ours | theirs | ratio | wanted | agreement |", "|---|---|---|---|---|---|---|"]
    for row in rows:
        for line in row["lines"]:
            ratio = "" if line["ratio"] is None else f"{line['ratio']:.3g}"
            text.append(f"| {line['work']} | {line['against']} | {line['ours']} | {line['theirs']} | {ratio} | "
                        f"{line['wanted']} | {line['agreement']} |")
    return text


def machines(rows):
    """Where and with what the rows were measured; rows with the same answer share a line."""
    groups = {}
    for row in rows:
        groups.setdefault(row["machine"], []).append(row["row"])
    return [f"{', '.join(names)}: {machine}." for machine, names in groups.items()]


def draw_ratios(rows, path):
    lines = [line for row in rows for line in row["lines"]
             if line["against"] and row["row"] not in ("tokenizer", "ops")]
    figure, axes = plt.subplots(figsize=(9, 0.42 * len(lines) + 1))
    places = range(len(lines))[::-1]
    axes.barh(places, [line["ratio"] for line in lines], color=OURS)
    for place, line in zip(places, lines):
        axes.plot([line["wanted"]] * 2, [place - 0.42, place + 0.42], color=WANTED)
        axes.text(max(line["ratio"], line["wanted"]) + 0.03, place, f"{line['ratio']:.2f}", va="center", fontsize=8)
    axes.axvline(1, color=THEIRS, zorder=0)
    axes.set_yticks(places, [f"{line['work'].split(',')[0]}\nagainst {line['against']}" for line in lines], fontsize=7)
    axes.set_xlabel("times as fast; black: what is wanted")
    save(figure, axes, path)


def draw_ops(rows, path):
    lines = [line for row in rows if row["row"] == "ops" for line in row["lines"]]
    figure, axes = plt.subplots(figsize=(9, 0.5 * len(lines) + 1))
    places = range(len(lines))[::-1]
    for place, line in zip(places, lines):
        left = 0
        for op, seconds in line["by_op"].items():
            axes.barh(place, seconds, left=left, color=OP_COLOURS[op], label=op if place == 0 else None)
            left += seconds
    axes.set_yticks(places, [line["label"] for line in lines], fontsize=8)
    axes.set_xlabel("seconds for 1 x 1,024 tokens through 8 layers of true width")
    axes.legend(fontsize=8, frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    save(figure, axes, path)


def save(figure, axes, path):
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def command_of(rows):
    """The command that measures these rows again."""
    full = " --full" if any(row["row"] == "memory" for row in rows) else ""
    before = "".join(f" --before {row['before']}" for row in rows if row["before"])
    return f"python3 benchmarks/peers/run.py{full}{before}"


def write(rows, instructions, docs):
    """Replaces what is between the markers of `docs` for this instruction set; the plots lie beside it."""
    begin = f"<!-- peers, {instructions}: begin; written by benchmarks/peers/run.py -->"
    end = f"<!-- peers, {instructions}: end -->"
    ratios, ops = (docs.parent / f"{name}_{instructions}.svg" for name in ("peers_ratios", "time_by_op"))
    text = [begin, f"`{command_of(rows)}`; medians of {rows[0]['rounds']} rounds, a ratio is one of medians.", ""]
    text += [*table(rows), "", *machines(rows), ""]
    draw_ratios(rows, ratios)
    text += [f"![times as fast as the peers]({ratios.name})", ""]
    if any(row["row"] == "ops" for row in rows):
        draw_ops(rows, ops)
        text += [f"![time by kind of op]({ops.name})", ""]
    text.append(end)
    old = docs.read_text()
    if begin not in old or end not in old:
        raise SystemExit(f"{docs}: expected the lines {begin} and {end}")
    docs.write_text(old[:old.index(begin)] + "\n".join(text) + old[old.index(end) + len(end):])
