# SPDX-License-Identifier: Apache-2.0
"""One small valid file of every format that the program reads, made by itself and by the writers of its tests, and the
commands that read it."""

import dataclasses
import gzip
import json
import os
import pathlib
import pickle
import random
import shlex
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable

from damaged import mutations as m

ROOT = pathlib.Path(__file__).resolve().parents[2]
SMALL = "--method probe --epochs 2 --batch-size 8 --no-baselines --bootstrap 0 -t 1"
TRAIN = f"finetune --train x.fa --test x.fa --model m {SMALL} --checkpoint-every 2"
LORA = f"finetune --train x.fa --test x.fa --model m {SMALL.replace('probe', 'lora')} --rank 2 --checkpoint-every 2"
PRETRAIN = ("pretrain --corpus corpus --layers 1 --hidden 4 --heads 2 --ffn 4 --max-tokens 34 --batch-tokens 88 --micro-batch 2 "
            "--warmup-steps 1 --checkpoint-every 2 --validate-every 2 --validation-windows 2 --keep 9 --steps 6 -t 1")
SCORE = "score --genome g.fa --model m --window-bp 90 --scores llr --chunk-records 3 -t 1 --variants"
OF_ROWS = SCORE.replace("--genome g.fa ", "") + " v.tsv -o run.vcf"  # a genome that is copied counts as another one
TOKENIZE = "tokenize --genome g.fa --regions r.bed -o out.tsv"


@dataclasses.dataclass
class Format:
    name: str
    files: list[str]  # one of which is damaged, in a copy of the folder
    damage: Callable
    commands: list[str]  # one of which is run there
    make: Callable | None = None  # changes the copy before
    also: tuple = ("m",)  # what commands read without naming it
    leaves: str | None = None  # the folder of a run that may begin before the damage is met
    asks_for_work: bool = False  # damage may ask for much work, which the program begins
    is_redundant: bool = False  # what is damaged only helps: the output has to be that of whole files


def write(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def fai(text):
    """The index of a FASTA file whose lines are even."""
    lines, at, found = text.splitlines(), 0, []
    for line in lines:
        if line.startswith(">"):
            found.append([line[1:].split()[0], 0, at + len(line) + 1, 0, 0])
        else:
            found[-1][1] += len(line)
            found[-1][3:] = [max(found[-1][3], len(line)), max(found[-1][4], len(line) + 1)]
        at += len(line) + 1
    return "".join("\t".join(map(str, one)) + "\n" for one in found)


def gzi(blocks, text, block):
    """Where each block but the first begins: in the file and in the text."""
    at, places = 0, []
    for number in range(len(range(0, len(text), block))):
        if number > 0:
            places.append((at, number * block))
        at += struct.unpack("<H", blocks[at + 16:at + 18])[0] + 1
    return struct.pack("<Q", len(places)) + b"".join(struct.pack("<QQ", *one) for one in places)


def sequence_files(folder, draw):
    bases = lambda count: "".join(draw.choices("ACGT", k=count))
    examples = [(f"e{i}", bases(48), i % 2) for i in range(16)]
    fasta = "".join(f">{name} of a plant\n{one[:30]}\n{one[30:]}\n" for name, one, _ in examples)
    write(folder, "s.fa", fasta)
    write(folder, "s.fa.gz", gzip.compress(fasta.encode()))
    write(folder, "s.fa.bgz", m.bgzip_bytes(fasta.encode()))
    write(folder, "x.fa", "".join(f">{name}|{label}\n{one}\n" for name, one, label in examples))
    write(folder, "seq.csv", "id,sequence,label,chr,part\n" + "".join(
        f'"{name}",{one},{label},c{i % 3},{"test" if i > 11 else "train"}\n' for i, (name, one, label) in enumerate(examples)))
    write(folder, "labels.tsv", "id\tlabel\tchr\n" + "".join(f"{name}\t{label}\tc{i % 3}\n" for i, (name, _, label) in enumerate(examples)))
    write(folder, "two.tsv", "id\tleaf\troot\n" + "".join(f"{name}\t{i / 3:.3f}\t{-i}\n" for i, (name, _, _) in enumerate(examples)))
    write(folder, "old.tsv", "## command: agront predict\n#id\tlabel\tpredicted\n" + "".join(
        f"{name}\t{label}\t0.5\n" for name, _, label in examples))
    write(folder, "tokens.csv", "id,sequence,label\n" + "".join(
        f"{name},{one[at:at + 6]},{'exon' if (at + i) % 4 else 'intron'}\n"
        for i, (name, one, _) in enumerate(examples) for at in range(0, 48, 6)))
    genome = "".join(f">c{i} chromosome\n" + "".join(bases(60) + "\n" for _ in range(6)) for i in range(2))
    write(folder, "g.fa", genome)
    write(folder, "g.fa.fai", fai(genome))
    blocks = m.bgzip_bytes(genome.encode(), 200)
    write(folder, "z/g.fa.gz", blocks)
    write(folder, "z/g.fa.gz.fai", fai(genome))
    write(folder, "z/g.fa.gz.gzi", gzi(blocks, genome, 200))
    write(folder, "r.bed", "track name=x\n" + "".join(f"c{i % 2}\t{20 * i}\t{20 * i + 48}\tr{i}\t{i % 2}\t{'+-'[i % 2]}\n" for i in range(8)))
    write(folder, "f.gff3", "##gff-version 3\n" + "".join(
        f"c{i % 2}\tx\t{'gene' if i % 4 else 'mRNA'}\t{20 * i + 1}\t{20 * i + 48}\t.\t{'+-'[i % 2]}\t.\tID=f{i};Name=n%20{i};label={i // 2 % 2}\n"
        for i in range(8)) + "##FASTA\n>c0\nACGT\n")
    write(folder, "classes.bed", "".join(f"c{i}\t{at}\t{at + 30}\texon\n" for i in range(2) for at in range(0, 300, 60)))
    write(folder, "mask.bed", "c0\t30\t60\nc1\t100\t140\n")
    write(folder, "genomes.tsv", "species\tfasta\tregions\tweight\trepeats\nA\tg.fa\tf.gff3\t2\tmask.bed\nB\tz/g.fa.gz\t.\t1\t.\n")
    write(folder, "all.tsv", "species\tfasta\tregions\tweight\nA\tg.fa\t.\t.\n")


def variant_files(folder):
    """Variants of the genome, and a chunk's worth of a run that stopped behind it."""
    genome = [line for line in (folder / "g.fa").read_text().splitlines() if not line.startswith(">")]
    sequences = ["".join(genome[:6]), "".join(genome[6:])]
    kinds = ["{other}", "{other},*", "{base}ACGT", "<DEL>", "<NON_REF>", "{base}[c1:7[", ".", "N"]
    records, rows = [], []
    for i, kind in enumerate(kinds * 2):
        chrom, at = i // 8, 100 + 20 * (i % 8)
        base = sequences[chrom][at - 1]
        alt = kind.format(base=base, other="CATG"["ACGT".index(base)])
        records.append(f"c{chrom}\t{at}\t.\t{base}\t{alt}\t{i}.5\tPASS\t{'END=' + str(at + 9) if kind == '<DEL>' else 'DP=3'}\tGT\t0/1\n")
        rows.append(f"c{chrom}\t{at}\t{base}\t{alt}\t{at - 40}\t{sequences[chrom][at - 40:at + 40]}\n")
    header = ("##fileformat=VCFv4.3\n##contig=<ID=c0,length=360>\n##contig=<ID=c1,length=360>\n"
              '##INFO=<ID=DP,Number=1,Type=Integer,Description="d, e">\n##INFO=<ID=END,Number=1,Type=Integer,Description="e">\n'
              '##FORMAT=<ID=GT,Number=1,Type=String,Description="g">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\n')
    text = header + "".join(records)
    write(folder, "v.vcf", text)
    write(folder, "v.vcf.gz", m.bgzip_bytes(text.encode()))
    write(folder, "v.tsv", "chrom\tpos\tref\talt\tstart\tsequence\n" + "".join(rows))


def scored_files(folder, program, agront):
    agront("score --variants v.vcf --genome g.fa --scores none -o v.bcf")
    for shard in (1, 2):
        agront(f"{SCORE} v.vcf --shard {shard}/2 -o part-{shard}.vcf")
    text = (folder / "v.tsv").read_text()
    write(folder, "v.tsv", text + "c1\tx\n")
    subprocess.run([program, *shlex.split(OF_ROWS)], cwd=folder, capture_output=True)
    write(folder, "v.tsv", text)


def checkpoints(folder, program):
    """The same weights in every container that needs no other package, as the tests write them."""
    os.environ["AGRONT"] = str(program)
    sys.path.insert(0, str(ROOT / "tests" / "cli"))
    import support
    support.SHAPE.update(hidden_size=4, num_attention_heads=2, num_hidden_layers=1, intermediate_size=4)
    import test_checkpoints as writers
    tensors = support.model_tensors()
    config = json.dumps(support.model_config())
    write(folder, "m/config.json", config)
    write(folder, "m/model.safetensors", support.safetensors_bytes(tensors))
    write(folder, "t/config.json", config)
    write(folder, "t/pytorch_model.bin", writers.torch_bytes(tensors))
    names = list(tensors)
    shards = {"model-00001-of-00002.safetensors": names[::2], "model-00002-of-00002.safetensors": names[1::2]}
    write(folder, "h/config.json", config)
    for shard, inside in shards.items():
        write(folder, f"h/{shard}", support.safetensors_bytes({name: tensors[name] for name in inside}))
    write(folder, "h/model.safetensors.index.json", json.dumps(
        {"metadata": {"total_size": 1}, "weight_map": {name: shard for shard, inside in shards.items() for name in inside}}))
    parameters = pickle.dumps(writers.jax_parameters(tensors), 4)
    for name, content in (("j", parameters), ("jz", zlib.compress(parameters))):
        write(folder, f"{name}/hyperparams.json", json.dumps(writers.HYPERPARAMETERS))
        write(folder, f"{name}/pytree_ckpt.joblib", content)


def make_base(folder, program):
    """Everything below in one folder."""
    folder.mkdir(parents=True)
    sequence_files(folder, random.Random(5))
    variant_files(folder)
    checkpoints(folder, program)

    def agront(words):
        done = subprocess.run([program, *shlex.split(words), "-q"], cwd=folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"agront {words}: {done.stderr}")

    agront("corpus all.tsv -o corpus --window-tokens 11 --overlap 0 --block-bp 60 --training-share 0.7")
    agront(f"{PRETRAIN} -o pre")
    shutil.copytree(folder / "pre" / "step-2", folder / "w")
    agront("convert m --packed -o p")
    agront("convert m --precision int8 -o q")
    agront(f"{TRAIN} -o probe")
    agront(f"{LORA} -o lora")
    agront(f"{TRAIN} --folds 2 -o folds".replace("--test x.fa", ""))
    agront(f"finetune --task token --train tokens.csv --id-column id --model m {SMALL} -o token")
    agront(f"finetune --train seq.csv --id-column id --model m {SMALL.replace('probe', 'full')} --head mlp --pooling cls -o full")
    agront(f"finetune --task regression --transform log1p,standardize --train s.fa --labels two.tsv --model m {SMALL} -o numbers"
           .replace("log1p,", ""))
    scored_files(folder, program, agront)
    write(folder, "train.json", json.dumps({"train": "x.fa", "model": "m", "method": "probe", "epochs": 1, "bootstrap": 0,
                                            "learning-rate": 0.01, "no-baselines": True, "threads": 1}, indent=1))
    write(folder, "pretrain.json", json.dumps({"corpus": "corpus", "layers": 1, "hidden": 4, "heads": 2, "ffn": 4, "max-tokens": 34,
                                               "batch-tokens": 88, "micro-batch": 2, "warmup-steps": 1, "steps": 2, "threads": 1,
                                               "validation-windows": 2, "one-strand": True}, indent=1))


def without(*names):
    def make(folder):
        for name in names:
            (shutil.rmtree if (folder / name).is_dir() else pathlib.Path.unlink)(folder / name)
    return make


EMBED = "embed s.fa --model {} -t 1 -o out.npz"
INFO = "info --model {}"


def opened(name):
    """The commands that open a model."""
    return [EMBED.format(name), EMBED.format(name), INFO.format(name), f"convert {name} -o out -t 1"]


def formats():
    """All of them, by name."""
    genome = ["tokenize --genome {} --regions r.bed -o out.tsv", "tokenize --genome {} --region c1 --region c0:7-19:- -o out.tsv"]
    corpus = ["corpus corpus --verify", f"{PRETRAIN} -o out".replace("--steps 6", "--steps 1")]
    found = [
        Format("fasta", ["s.fa"], m.damage_text, ["tokenize s.fa -o out.tsv", EMBED.format("m"), "predict probe s.fa -o out.tsv"]),
        Format("fasta-labels", ["x.fa"], m.damage_text, ["evaluate probe x.fa -o out.txt -t 1 --any-length", f"{TRAIN} -o out"]),
        Format("gzip", ["s.fa.gz"], m.compressed(m.damage_text), ["tokenize s.fa.gz -o out.tsv"]),
        Format("bgzip", ["s.fa.bgz"], m.compressed(m.damage_text, m.bgzip_bytes), ["tokenize s.fa.bgz -o out.tsv"]),
        Format("genome", ["g.fa"], m.damage_text, [words.format("g.fa") for words in genome]),
        Format("genome-without-index", ["g.fa"], m.damage_text, [words.format("g.fa") for words in genome], without("g.fa.fai")),
        Format("genome-bgzip", ["z/g.fa.gz"], m.compressed(m.damage_text, m.bgzip_bytes),
               [words.format("z/g.fa.gz") for words in genome]),
        Format("fai", ["g.fa.fai", "z/g.fa.gz.fai"], m.damage_text, [words.format(name) for words in genome
                                                                     for name in ("g.fa", "z/g.fa.gz")], is_redundant=True),
        Format("gzi", ["z/g.fa.gz.gzi"], m.damage_bytes, [words.format("z/g.fa.gz") for words in genome], is_redundant=True),
        Format("bed", ["r.bed"], m.damage_text, [
            TOKENIZE, "predict probe --genome g.fa --regions r.bed --window feature -o out.tsv --any-length",
            "evaluate probe r.bed --genome g.fa --window feature --label-column score -o out.txt",
            f"finetune --train r.bed --genome g.fa --label-column score --model m {SMALL} --valid-share 0 -o out"]),
        Format("gff3", ["f.gff3"], m.damage_text, [
            TOKENIZE.replace("r.bed", "f.gff3"), TOKENIZE.replace("r.bed", "f.gff3 --feature gene,mRNA --window promoter --pad-at-ends"),
            "evaluate probe f.gff3 --genome g.fa --window feature --label-column label -o out.txt --any-length"]),
        Format("classes", ["classes.bed"], m.damage_text, [
            f"finetune --task token --train g.bed --genome g.fa --labels classes.bed --model m {SMALL} --token-window-bp 60 --valid-share 0 "
            "-o out",
            "evaluate token g.bed --genome g.fa --labels classes.bed --background intron -o out.txt --token-window-bp 60"],
            lambda folder: write(folder, "g.bed", "c0\t0\t360\n")),
        Format("vcf", ["v.vcf"], m.damage_text, scored("v.vcf")),
        Format("vcf-bgzip", ["v.vcf.gz"], m.compressed(m.damage_text, m.bgzip_bytes), scored("v.vcf.gz")),
        Format("bcf", ["v.bcf"], m.damage_bytes, scored("v.bcf")),
        Format("bcf-inside", ["v.bcf"], m.compressed(m.damage_bytes, m.bgzip_bytes), scored("v.bcf")),
        Format("variant-table", ["v.tsv"], m.damage_text,
               [*scored("v.tsv"), "score --variants v.tsv --model m --window-bp 30 --scores llr -o out.tsv -t 1"]),
        Format("parts", ["part-1.vcf.manifest"], m.damage_lines_of_json, ["merge part-2.vcf part-1.vcf -o out.vcf"],
               also=("part-1.vcf.manifest", "part-1.vcf.json", "part-2.vcf.manifest", "part-2.vcf.json")),
        Format("part", ["part-1.vcf"], m.damage_text, ["merge part-2.vcf part-1.vcf -o out.vcf"],
               also=("part-1.vcf.manifest", "part-1.vcf.json", "part-2.vcf.manifest", "part-2.vcf.json")),
        Format("unfinished", ["run.vcf.unfinished/manifest-0.jsonl"], m.damage_lines_of_json,
               [OF_ROWS], also=("m", "run.vcf.unfinished")),
        Format("table", ["seq.csv"], m.damage_text, [
            "predict probe seq.csv --id-column id -o out.tsv --any-length", "evaluate probe seq.csv --id-column id -o out.txt --any-length",
            f"finetune --train seq.csv --id-column id --group-column chr --split-column part --model m {SMALL} -o out"]),
        Format("labels", ["labels.tsv", "two.tsv"], m.damage_text, [
            "evaluate probe s.fa --labels labels.tsv -o out.txt", "evaluate numbers s.fa --labels two.tsv -o out.txt",
            f"finetune --train s.fa --labels labels.tsv --group-column chr --model m {SMALL} -o out"]),
        Format("tokens", ["tokens.csv"], m.damage_text, [
            "evaluate token tokens.csv --id-column id -o out.txt --any-length", "predict token tokens.csv --id-column id -o out.tsv --any-length",
            f"finetune --task token --train tokens.csv --id-column id --model m {SMALL} -o out"]),
        Format("own-tables", ["old.tsv", "probe/predictions.tsv"], m.damage_text, [
            "evaluate probe s.fa --labels old.tsv --label-column label -o out.txt",
            "evaluate probe s.fa --labels probe/predictions.tsv --label-column label -o out.txt"]),
        Format("manifest", ["genomes.tsv", "mask.bed", "f.gff3"], m.damage_text,
               ["corpus genomes.tsv -o out --window-tokens 11 --overlap 0 --block-bp 60"], also=("g.fa", "z", "mask.bed", "f.gff3")),
        Format("shard", ["corpus/001.shard"], m.near(b"AGRSHD01|c[01]\n", m.damage_bytes), corpus, leaves="out"),
        Format("corpus-json", ["corpus/corpus.json"], m.damage_json, corpus),
        Format("config", ["m/config.json", "w/config.json", "q/config.json", "full/classifier/config.json"], m.damage_json,
               [*opened("m"), *opened("w"), EMBED.format("q"), "predict full/classifier s.fa -t 1 -o out.tsv"]),
        Format("safetensors", ["m/model.safetensors"], m.damage_safetensors, opened("m")),
        Format("int8", ["q/model.safetensors"], m.damage_safetensors, opened("q")),
        Format("packed", ["p/packed.safetensors"], m.damage_safetensors, opened("p")),
        Format("classifier", ["full/classifier/model.safetensors"], m.damage_safetensors,
               ["predict full/classifier s.fa -t 1 -o out.tsv", INFO.format("full/classifier")]),
        Format("sharded", ["h/model-00001-of-00002.safetensors", "h/model-00002-of-00002.safetensors"], m.damage_safetensors, opened("h")),
        Format("index", ["h/model.safetensors.index.json"], m.damage_json, opened("h")),
        Format("pytorch", ["t/pytorch_model.bin"], m.damage_zip, opened("t")),
        Format("joblib", ["j/pytree_ckpt.joblib"], m.near(b"esm_transformer|numpy|_reconstruct|dtype", m.damage_bytes), opened("j")),
        Format("joblib-zlib", ["jz/pytree_ckpt.joblib"],
               m.packed(m.near(b"esm_transformer|numpy|_reconstruct|dtype", m.damage_bytes)), opened("jz")),
        Format("hyperparams", ["j/hyperparams.json"], m.damage_json, opened("j")),
        Format("vocabulary", ["w/vocab.txt"], m.damage_text, opened("w")),
        Format("tokenizer", ["w/tokenizer_config.json", "w/special_tokens_map.json"], m.damage_json, opened("w")),
        Format("adapter-config", ["lora/adapter/adapter_config.json"], m.damage_json, adapted()),
        Format("adapter", ["lora/adapter/adapter_model.safetensors"], m.damage_safetensors, adapted()),
        Format("head-json", ["lora/head/head.json", "numbers/head/head.json", "token/head/head.json"], m.damage_json, predicted()),
        Format("head", ["lora/head/head.safetensors", "numbers/head/head.safetensors"], m.damage_safetensors, predicted()),
        Format("finetune-json", ["lora/finetune.json", "numbers/finetune.json", "token/finetune.json"], m.damage_json, predicted()),
        Format("metrics", ["folds/fold-0/metrics.json", "folds/fold-1/metrics.json", "folds/metrics.json"], m.damage_json,
               [f"{TRAIN} --folds 2 -o folds".replace("--test x.fa", "")]),
        Format("finished-run", ["probe/run/config.json", "probe/metrics.json", "probe/finetune.json"], m.damage_json, [f"{TRAIN} -o probe"]),
        Format("run-json", ["lora/run/config.json", "lora/run/step-4/state.json"], m.damage_json, [f"{LORA} -o lora"],
               without("lora/metrics.json")),
        Format("run-lines", ["lora/run/metrics.jsonl", "lora/run/validation.jsonl", "probe/run/metrics.jsonl"],
               m.damage_lines_of_json, [f"{LORA} -o lora", f"{TRAIN} -o probe"], without("lora/metrics.json", "probe/metrics.json")),
        Format("run-state", ["lora/run/step-4/trained.safetensors", "lora/run/step-4/optimizer.safetensors",
                             "lora/run/best.safetensors"], m.damage_safetensors, [f"{LORA} -o lora"], without("lora/metrics.json")),
        Format("pretrain-json", ["pre/config.json", "pre/step-4/training.json", "pre/step-4/config.json"], m.damage_json,
               [f"{PRETRAIN} -o pre"], without("pre/step-6")),
        Format("pretrain-lines", ["pre/metrics.jsonl", "pre/validation.jsonl"], m.damage_lines_of_json, [f"{PRETRAIN} -o pre"],
               without("pre/step-6")),
        Format("pretrain-state", ["pre/step-4/optimizer.safetensors", "pre/step-4/model.safetensors"], m.damage_safetensors,
               [f"{PRETRAIN} -o pre"], without("pre/step-6")),
        Format("options", ["train.json", "pretrain.json"], m.damage_json,
               ["finetune --config train.json -o out", "pretrain --config pretrain.json --steps 2 -o out"], also=("m", "x.fa", "corpus"),
               asks_for_work=True),
    ]
    return {one.name: one for one in found}


def scored(name):
    """The commands that read variants."""
    whole = SCORE.replace("--chunk-records 3 ", "")  # one chunk: an error leaves nothing
    return [f"{whole} {name} -o {output}" for output in ("out.vcf", "out.vcf.gz", "out.bcf", "out.tsv")] + [
        f"score --variants {name} --genome g.fa --scores none -o out.vcf"]


def adapted():
    return [EMBED.format("m") + " --adapter lora/adapter", "convert m --adapter lora/adapter -o out -t 1",
            "predict lora s.fa -t 1 -o out.tsv"]


def predicted():
    return ["predict lora s.fa -t 1 -o out.tsv", "predict numbers s.fa -t 1 -o out.tsv", "predict token s.fa -t 1 -o out.tsv",
            "evaluate numbers s.fa --labels two.tsv -o out.txt -t 1", "evaluate lora x.fa -o out.txt -t 1",
            "predict lora --genome g.fa --window-bp 48 --stride-bp 40 -o out.bedgraph -t 1"]
