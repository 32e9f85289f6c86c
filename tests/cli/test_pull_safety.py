# SPDX-License-Identifier: Apache-2.0
"""Who gets a token, where a pull may be led, and which servers are trusted."""

import os
import shutil
import unittest

from hub_support import (REPOSITORY, Answer, Hub, HubTest, Server, Store, make_certificate, openssl, sha256, tls_context)

TOKEN = "hf_AbCdEf0123456789"


class Tokens(HubTest):
    def tokens(self, server=None):
        return {request.headers.get("Authorization") for request in (server or self.hub).requests}

    def test_only_the_hub_gets_the_token(self):
        elsewhere = self.open(Server(lambda request: Answer(302, Location=self.store.address(self.weights))))
        self.hub.fault("/resolve/.*safetensors",
                       lambda request, answer: Answer(302, Location=elsewhere.origin + "/other-port", **{
                           name.replace("-", "_"): value for name, value in answer.headers.items() if name[:2] == "X-"}))
        status, out, err = self.pull(HF_TOKEN=TOKEN)
        self.assertEqual(status, 0, err)
        self.assertNotIn(TOKEN, out + err)
        self.assertEqual(self.tokens(), {f"Bearer {TOKEN}"})
        self.assertEqual(self.tokens(elsewhere) | self.tokens(self.store), {None})
        self.assertEqual({request.headers.get("Cookie") for request in self.store.requests}, {None})

    def test_back_at_the_hub_it_gets_it_again(self):
        self.hub.fault("tiny-agront/revision", lambda request, answer: Answer(307, Location="/api/models/plants/renamed/revision/main"))
        self.hub.add("plants/renamed", self.files)
        self.succeed_to_pull(HF_TOKEN=TOKEN)
        self.assertIn("/api/models/plants/renamed/revision/main", self.hub.paths())
        self.assertEqual(self.tokens(), {f"Bearer {TOKEN}"})

    def test_where_the_token_comes_from(self):
        home = self.path("hf")
        home.mkdir()
        (home / "token").write_text("hf_ofHome\n")
        other = self.write("other", "  hf_ofPath \n")
        for changes, token in (({}, "hf_ofHome"), ({"HF_TOKEN_PATH": str(other)}, "hf_ofPath"),
                               ({"HF_TOKEN_PATH": os.devnull}, None), ({"HUGGING_FACE_HUB_TOKEN": "hf_old"}, "hf_old"),
                               ({"HUGGING_FACE_HUB_TOKEN": "hf_old", "HF_TOKEN": f" {TOKEN}\n"}, TOKEN),
                               ({"HF_TOKEN": TOKEN, "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"}, None)):
            self.hub.requests.clear()
            self.succeed_to_pull(**changes)
            self.assertEqual(self.tokens(), {token and f"Bearer {token}"})
        shutil.rmtree(home)
        self.hub.requests.clear()
        self.succeed_to_pull()
        self.assertEqual(self.tokens(), {None})

    def test_what_is_no_token_is_refused_and_not_shown(self):
        for text in ("hf_a\r\nX-Evil: 1", "hf a", "hf_\x07", "hf_ä", "x" * 2000):
            line = self.refuse_to_pull("HF_TOKEN: expected a token", HF_TOKEN=text)
            self.assertNotIn(text[:6], line)
        line = self.refuse_to_pull("secret: expected a token", HF_TOKEN_PATH=str(self.write("secret", "one\ntwo")))
        self.assertNotIn("two", line)
        self.assertEqual(self.hub.requests, [])

    def test_a_token_is_no_part_of_any_message(self):
        self.hub.fault("/revision/", lambda request, answer: Answer(401))
        self.assertNotIn(TOKEN, self.refuse_to_pull("401", HF_TOKEN=TOKEN))


class Redirects(HubTest):
    def test_addresses_with_signatures_are_not_shown(self):
        self.store.fault("/store/", lambda request, answer: Answer(body=b"x"))
        _, _, err = self.pull("--retries", "0")
        self.assertNotIn("Signature", err)
        self.hub.fault("/resolve/.*safetensors",
                       lambda request, answer: Answer(302, Location="http://user:secret@127.0.0.1:1/x?Signature=abc"))
        line = self.refuse_to_pull("expected an address after it, got http://...@127.0.0.1:1/x")
        self.assertNotIn("secret", line)

    def test_they_end(self):
        self.hub.fault("/revision/", lambda request, answer: Answer(302, Location=request.path))
        self.refuse_to_pull("after at most 10 redirects")
        self.assertEqual(len(self.hub.requests), 11)

    def test_other_schemes_and_broken_addresses(self):
        for location in ("file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "http://", "http://a b/", "//"):
            self.hub.fault("/revision/", lambda request, answer, location=location: Answer(302, Location=location))
            self.refuse_to_pull("expected an address")

    def test_without_encryption_only_to_this_machine(self):
        for address in ("http://192.0.2.1/x", "http://127.0.0.1.example/x", "http://localhost.example/"):
            self.refuse_to_pull(["expected https", "--allow-http"], HF_ENDPOINT=address)
            self.refuse_to_pull(["expected https", "--allow-http"], "--endpoint", address)
        self.hub.fault("/resolve/.*safetensors", lambda request, answer: Answer(302, Location="http://192.0.2.1/x?s=1"))
        self.refuse_to_pull(["http://192.0.2.1/x: expected https"])

    def test_a_mirror_may_give_addresses_of_the_hub(self):
        path = f"/{REPOSITORY}/resolve/{self.commit}/model.safetensors"
        self.hub.fault("/resolve/.*safetensors", lambda request, answer: answer if "again" in request.query else Answer(
            307, Location=f"https://huggingface.co{path}?again=1"))
        self.succeed_to_pull()
        self.assertEqual(self.hub.paths("safetensors"), [path, path])
        self.check_cache()

    def test_a_proxy(self):
        proxy = self.open(Server(lambda request: self.hub.answer(request)))
        # 192.0.2.1 is nobody's: only the proxy can answer for it.
        self.hub.store = None
        self.succeed_to_pull("--allow-http", HF_ENDPOINT="http://192.0.2.1", http_proxy=proxy.origin)
        self.assertEqual({request.host for request in proxy.requests}, {"192.0.2.1"})
        self.check_cache()

    def test_the_token_is_not_sent_without_encryption(self):
        proxy = self.open(Server(lambda request: self.hub.answer(request)))
        self.hub.store = None
        self.succeed_to_pull("--allow-http", HF_ENDPOINT="http://192.0.2.1", http_proxy=proxy.origin, HF_TOKEN=TOKEN)
        self.assertEqual({request.headers.get("Authorization") for request in proxy.requests}, {None})


class Certificates(HubTest):
    def setUp(self):
        super().setUp()
        made = make_certificate(self.folder)
        if made is None:
            self.skipTest("no program openssl, which makes a certificate")
        self.certificate, key = made
        self.secure_store = self.open(Store(tls_context(self.certificate, key)))
        self.secure = self.open(Hub(self.secure_store, tls_context(self.certificate, key)))
        self.secure.add(REPOSITORY, self.files)
        self.environment["HF_ENDPOINT"] = self.secure.origin

    def test_who_is_trusted(self):
        line = self.refuse_to_pull(["certificate is not trusted", "SSL_CERT_FILE", "ca-certificates"])
        self.assertIn(self.secure.origin, line)
        self.assertEqual(self.secure.requests, [])
        for variable in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            shutil.rmtree(self.path("hf"), ignore_errors=True)
            self.succeed_to_pull(**{variable: str(self.certificate)})
            self.check_cache()
        conda = self.path("conda") / "ssl"
        conda.mkdir(parents=True)
        shutil.copy(self.certificate, conda / "cacert.pem")
        shutil.rmtree(self.path("hf"))
        self.succeed_to_pull(CONDA_PREFIX=str(conda.parent))
        self.check_cache()

    def test_a_folder_of_certificates(self):
        folder = self.path("certificates")
        folder.mkdir()
        shutil.copy(self.certificate, folder)
        openssl("rehash", folder)
        self.succeed_to_pull(SSL_CERT_DIR=str(folder))
        self.check_cache()

    def test_variables_that_name_nothing(self):
        self.refuse_to_pull("SSL_CERT_FILE: /nowhere: expected a file of certificates", SSL_CERT_FILE="/nowhere")
        self.refuse_to_pull("SSL_CERT_DIR: /nowhere: expected a folder of certificates", SSL_CERT_DIR="/nowhere")
        self.refuse_to_pull("not trusted", SSL_CERT_FILE=str(self.write("empty.pem", "")))

    def test_another_name_than_the_certificate_has(self):
        self.refuse_to_pull("not trusted", SSL_CERT_FILE=str(self.certificate),
                            HF_ENDPOINT=self.secure.origin.replace("127.0.0.1", "localhost"))

    def test_never_from_https_to_http(self):
        self.secure.fault("/resolve/.*safetensors",
                          lambda request, answer: Answer(302, Location=self.store.address(self.weights)))
        self.refuse_to_pull(["expected a redirect to https", f"got one to {self.store.origin}/store/{sha256(self.weights)}"],
                            "--allow-http", SSL_CERT_FILE=str(self.certificate))
        self.assertEqual(self.store.requests, [])


if __name__ == "__main__":
    unittest.main()
