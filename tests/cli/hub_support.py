# SPDX-License-Identifier: Apache-2.0
"""A hub on loopback, which plays Hugging Face's, its store and its mirrors, with all their answers and faults."""

import base64
import ctypes
import hashlib
import http.server
import json
import os
import re
import shutil
import ssl
import subprocess
import threading
import time
import urllib.parse

from support import PROGRAM, ProgramTest, run, write_model

REPOSITORY = "plants/tiny-agront"
# What the program reads of the environment, and proxies: none of a user's own must get into the tests.
VARIABLES = ("HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME", "HF_ENDPOINT", "HF_TOKEN",
             "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE",
             "HF_HUB_DISABLE_IMPLICIT_TOKEN", "HF_HUB_DISABLE_SYMLINKS", "HF_HUB_ETAG_TIMEOUT", "HF_HUB_DOWNLOAD_TIMEOUT",
             "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "CONDA_PREFIX", "http_proxy",
             "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY")


def has_libcurl():
    for name in ("libcurl.so.4", "libcurl-gnutls.so.4"):
        try:
            return ctypes.CDLL(name)
        except OSError:
            pass
    return None


def umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def git_sha1(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


class Request:
    def __init__(self, handler):
        address = urllib.parse.urlsplit(handler.path)
        self.method, self.path, self.query = handler.command, address.path, address.query
        self.host, self.headers = address.netloc, handler.headers


class Answer:
    def __init__(self, status=200, body=b"", **headers):
        self.status, self.body = status, body.encode() if isinstance(body, str) else body
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.cut = None  # after so many bytes of the body
        self.pause = 0  # seconds in mid-body, before the cut
        self.rate = None  # bytes a second

    def with_range(self, request):
        """A part of the body, where the request asks for one."""
        wanted = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        if wanted and self.status == 200:
            begin, size = int(wanted[1]), len(self.body)
            if begin >= size:
                return Answer(416, b"", Content_Range=f"bytes */{size}")
            self.status, self.body = 206, self.body[begin:]
            self.headers["Content-Range"] = f"bytes {begin}-{size - 1}/{size}"
        return self


class Server:
    """An HTTP server of one origin; `answer_to` gives an Answer for a Request."""

    def __init__(self, answer_to, context=None):
        self.requests, self.faults, self.answer_to = [], [], answer_to
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                server.serve(self)

            do_HEAD = do_GET

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *words: None  # clients that go away in the middle
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.origin = f"{'https' if context else 'http'}://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def fault(self, pattern, change, times=None):
        """From now on `change` is called with the request and the answer to paths like this one, and gives another
        answer, or nothing for the same one; `times` times."""
        self.faults.append([pattern, change, times])

    def serve(self, handler):
        request = Request(handler)
        self.requests.append(request)
        answer = self.answer_to(request)
        for fault in self.faults:
            if re.search(fault[0], request.path) and fault[2] != 0:
                if fault[2] is not None:
                    fault[2] -= 1
                answer = fault[1](request, answer) or answer
        try:
            self.send(handler, request, answer)
        except OSError:  # the client went away
            handler.close_connection = True

    def send(self, handler, request, answer):
        handler.send_response(answer.status)
        headers = {"Content-Length": str(len(answer.body)), **answer.headers}
        for name, value in headers.items():
            if value is not None:
                handler.send_header(name, value)
        handler.end_headers()
        if request.method == "HEAD":
            return
        body = answer.body if answer.cut is None else answer.body[:answer.cut]
        step = max(1, (answer.rate or 1 << 20) // 20)
        for begin in range(0, len(body), step):
            handler.wfile.write(body[begin:begin + step])
            if answer.rate:
                time.sleep(0.05)
        if answer.pause:
            handler.wfile.flush()
            time.sleep(answer.pause)
        if answer.cut is not None or headers["Content-Length"] is None:
            handler.close_connection = True

    def paths(self, pattern=""):
        return [request.path for request in self.requests if re.search(pattern, request.path)]


class Hub(Server):
    """Models by name, revision and path. Files of `large` (by name) are in LFS: they have a SHA-256, and lie in `store`, if
    there is one, behind addresses that run out."""

    def __init__(self, store=None, context=None):
        super().__init__(self.answer, context)
        self.models, self.refs, self.cards, self.store = {}, {}, {}, store
        self.has_tree = True
        self.page = 1000

    def add(self, repository, files, revision="main", licence="mit"):
        """Gives the commit."""
        commit = hashlib.sha1(repr(sorted((name, sha256(content)) for name, content in files.items())).encode()).hexdigest()
        self.models[repository, commit] = dict(files)
        self.refs[repository, revision] = commit
        self.cards[repository] = licence
        return commit

    @staticmethod
    def is_large(path):
        return path.endswith((".safetensors", ".bin", ".joblib"))

    def entry(self, path, content):
        entry = {"type": "file", "path": path, "size": len(content)}
        if self.is_large(path):
            return entry | {"oid": git_sha1(b"pointer"),
                            "lfs": {"oid": sha256(content), "size": len(content), "pointerSize": 134}}
        return entry | {"oid": git_sha1(content)}

    def answer(self, request):
        path = urllib.parse.unquote(request.path)
        if found := re.fullmatch(r"/api/models/(\w+/[\w.-]+)/revision/(.+)", path):
            return self.description(*found.groups())
        if found := re.fullmatch(r"/api/models/(\w+/[\w.-]+)/tree/(\w+)", path):
            return self.tree(request, *found.groups())
        if found := re.fullmatch(r"/(\w+/[\w.-]+)/resolve/(\w+)/(.+)", path):
            return self.file(request, *found.groups())
        return Answer(404)

    def description(self, repository, revision):
        if not any(name == repository for name, _ in self.models):
            return Answer(401, X_Error_Code="RepoNotFound", X_Error_Message="Repository not found")
        commit = revision if (repository, revision) in self.models else self.refs.get((repository, revision))
        if commit is None:
            return Answer(404, X_Error_Code="RevisionNotFound", X_Error_Message="Invalid rev id")
        return Answer(body=json.dumps({
            "id": repository, "sha": commit, "gated": False, "cardData": {"license": self.cards[repository]},
            "siblings": [{"rfilename": path} for path in self.models[repository, commit]]}))

    def tree(self, request, repository, commit):
        if not self.has_tree:
            return Answer(404)
        entries = [self.entry(*file) for file in self.models[repository, commit].items()]
        begin = int(urllib.parse.parse_qs(request.query).get("cursor", ["0"])[0])
        answer = Answer(body=json.dumps([{"type": "directory", "path": "jax_model", "size": 0, "oid": "0" * 40},
                                         *entries[begin:begin + self.page]]))
        if begin + self.page < len(entries):
            answer.headers["Link"] = f'<{self.origin}{request.path}?recursive=true&cursor={begin + self.page}>; rel="next"'
        return answer

    def file(self, request, repository, commit, path):
        content = self.models[repository, commit].get(path)
        if content is None:
            return Answer(404, X_Error_Code="EntryNotFound")
        if not self.is_large(path):
            return Answer(body=content, ETag=f'"{git_sha1(content)}"', X_Repo_Commit=commit).with_range(request)
        linked = {"X-Repo-Commit": commit, "X-Linked-Etag": f'"{sha256(content)}"', "X-Linked-Size": str(len(content))}
        if self.store is None:
            answer = Answer(body=content, ETag=f'W/"{sha256(content)}"')
        else:
            answer = Answer(302, b"to the store", Location=self.store.address(content), ETag='"1234"')
        answer.headers |= linked
        return answer.with_range(request)


class Store(Server):
    """Contents by their SHA-256, at signed addresses."""

    def __init__(self, context=None):
        super().__init__(self.answer, context)
        self.contents, self.signatures = {}, set()

    def address(self, content):
        self.contents[sha256(content)] = content
        self.signatures.add(signature := base64.b64encode(os.urandom(9)).decode())
        return f"{self.origin}/store/{sha256(content)}?Signature={urllib.parse.quote(signature, '')}"

    def answer(self, request):
        if urllib.parse.parse_qs(request.query).get("Signature", [""])[0] not in self.signatures:
            return Answer(403, b"<Error>expired</Error>")
        return Answer(body=self.contents[request.path.split("/")[-1]], ETag='"abc-7"').with_range(request)


def folder_files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


class HubTest(ProgramTest):
    """A hub with a tiny model, and a cache of the test's own."""

    def setUp(self):
        super().setUp()
        if not has_libcurl():
            self.skipTest("no libcurl")
        self.store = self.open(Store())
        self.hub = self.open(Hub(self.store))
        self.files = folder_files(write_model(self.path("model")))
        shutil.rmtree(self.path("model"))
        self.files |= {"README.md": b"---\nlicense: mit\n---\n# Tiny\n", "vocab.txt": b"<unk>\n", "modeling_esm.py": b"1/0\n",
                       "tf_model.h5": b"h5", "flax_model.msgpack": b"flax", "onnx/model.onnx": b"onnx"}
        del self.files["vocab.txt"]
        self.commit = self.hub.add(REPOSITORY, self.files)
        self.weights = self.files["model.safetensors"]
        self.environment = {**dict.fromkeys(VARIABLES, ""), "HF_HOME": str(self.path("hf")),
                            "HF_ENDPOINT": self.hub.origin}
        self.root = self.path("hf") / "hub"
        self.folder_in_cache = self.root / "models--plants--tiny-agront"
        self.snapshot = self.folder_in_cache / "snapshots" / self.commit

    def open(self, server):
        self.addCleanup(server.close)
        return server

    @staticmethod
    def words(arguments):
        """With the tiny model's name, unless they begin with another one."""
        is_named = arguments and not str(arguments[0]).startswith("-")
        return [*([] if is_named else [REPOSITORY]), *map(str, arguments)]

    def pull(self, *arguments, **changes):
        """Pulls the tiny model; gives status, standard output and error."""
        return run("pull", *self.words(arguments), environment={**self.environment, **changes})

    def start(self, *arguments, **changes):
        return subprocess.Popen([PROGRAM, "pull", *self.words(arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env={**os.environ, **self.environment, **changes})

    def succeed_to_pull(self, *arguments, **changes):
        status, out, err = self.pull(*arguments, **changes)
        self.assertEqual(status, 0, err)
        return out.strip(), err

    def refuse_to_pull(self, says, *arguments, status=1, **changes):
        got, out, err = self.pull(*arguments, "--retries", "0", "-q", **changes)
        self.assertEqual((got, out), (status, ""), err)
        lines = [line for line in err.splitlines() if line.startswith("agront: ")]
        self.assertLessEqual(len(err.splitlines()), 2, err)  # and the licence, where it comes so far
        self.assertEqual(len(lines), 1, err)
        for words in says if isinstance(says, (list, tuple)) else [says]:
            self.assertIn(words, lines[0])
        self.assertLess(len(lines[0]), 700)
        return lines[0]

    def check_cache(self, names=("README.md", "config.json", "model.safetensors")):
        """All is there, right and linked, and nothing else."""
        self.assertEqual(sorted(path.name for path in self.snapshot.iterdir()), sorted(names))
        for name in names:
            content, path = self.files[name], self.snapshot / name
            blob = sha256(content) if Hub.is_large(name) else git_sha1(content)
            self.assertEqual(os.readlink(path), f"../../blobs/{blob}")
            self.assertEqual(path.read_bytes(), content)
        self.assertEqual(len(list((self.folder_in_cache / "blobs").iterdir())), len(names))
        self.assertEqual((self.folder_in_cache / "refs" / "main").read_text(), self.commit)

    def partials(self):
        return [path for path in self.root.rglob("*") if path.name.endswith(".agront-partial")]


def openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def make_certificate(folder):
    """A certificate for 127.0.0.1 that signs itself, and its key. None without the program openssl."""
    if shutil.which("openssl") is None:
        return None
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", 2, "-subj",
            "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1")
    return certificate, key


def tls_context(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
