#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Uses an installed wheel of agront: each library that was grafted into it has something to do.

    python tools/wheel/try.py
"""

import gzip
import importlib.util
import pathlib
import platform
import sys
import tempfile

import agront

BASES = "ATTCCGAAATCGCTGACCGATCGTACGAAA"


def main():
    missing = [name for name in ("torch", "sklearn", "pandas") if importlib.util.find_spec(name)]
    assert not missing, f"expected an empty environment, got one with {missing}"
    model = agront.load()
    rows = model.embed([BASES, "ATTTCTCTCTNTC"])
    assert rows.shape == (2, model.shape.hidden)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        with gzip.open(folder / "train.fa.gz", "wt") as file:
            file.writelines(f">{i}|{i % 2}\n{BASES if i % 2 else BASES[::-1]}ACGT{'ACGT'[i // 2 % 4] * (i + 1)}\n" for i in range(40))
        assert model.embed(folder / "train.fa.gz").shape[0] == 40
        metrics = agront.finetune(task="binary", train=folder / "train.fa.gz", test_share=0.25, method="probe", epochs=1,
                                  bootstrap=0, output=folder / "run")
        assert "test" in metrics and (folder / "run/report.html").exists()
        agront.Predictor(folder / "run").predict([BASES])
        agront.convert("agront-mini", output=folder / "converted")
        assert agront.load(folder / "converted").hash == model.hash
        (folder / "genome.fa").write_text(f">chr1\n{BASES * 20}\n")
        (folder / "in.vcf").write_text(f"##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
                                       f"chr1\t301\t.\t{BASES[0]}\tG\t.\t.\t.\n")
        said = agront.score(variants=folder / "in.vcf", genome=folder / "genome.fa", output=folder / "out.vcf.gz")
        assert said["alleles"] == "1 scored"
    print(f"Python {platform.python_version()}: {agront.__version__} works, {pathlib.Path(agront.__file__).parent}")


if __name__ == "__main__":
    sys.exit(main())
