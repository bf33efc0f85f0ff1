"""Trains a byte-level byte-pair tokenizer with the library `tokenizers` of Hugging Face.

Standard input, one JSON object: {"root": folder, "paths": [files below it], "programs": [texts], "size": pieces,
"heldOutShare": n, "output": file}. Files that are not UTF-8, and those that training of models holds out (one of
`heldOutShare`, by the hash of their content), are left out; equal files count once. `programs` are read as they are.
Standard output, one JSON object: {"vocabulary": pieces, "files": read, "bytes": read, "version": of the library}.

Text is parted before pairs are merged, so that no piece goes over these borders (after the GPT-4 tokenizer, without
its rules for English): a word with at most one sign before it that is no quote or bracket; up to three digits; signs with at most
one blank before them; line ends with the blank lines before them; blanks, the last of which goes with what follows.
"""

import hashlib
import json
import os
import sys

import tokenizers
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

END_OF_TEXT = "<|endoftext|>"
PARTS = r"""[^\r\n\p{L}\p{N}'"()\[\]{}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s*[\r\n]+|\s+(?!\S)|\s+"""


def texts(plan, read):
    seen = set()
    for path in plan["paths"]:
        with open(os.path.join(plan["root"], path), "rb") as file:
            content = file.read()
        digest = hashlib.sha256(content).hexdigest()
        if digest in seen or int(digest[:8], 16) % plan["heldOutShare"] == 0:
            continue
        seen.add(digest)
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            continue
        read["files"] += 1
        read["bytes"] += len(content)
        yield text
    yield from plan["programs"]


def main():
    plan = json.load(sys.stdin)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PARTS), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=plan["size"],
        special_tokens=[END_OF_TEXT],
        # Every byte is a piece, so that any text can be read; sorted, so that ids are the same each time.
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    read = {"files": 0, "bytes": 0}
    tokenizer.train_from_iterator(texts(plan, read), trainer)
    tokenizer.save(plan["output"], pretty=False)
    print(json.dumps({"vocabulary": tokenizer.get_vocab_size(), "version": tokenizers.__version__, **read}))


main()
