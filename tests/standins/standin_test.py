"""The program: it ends with its input, and its certificates are as good or bad as they are called."""
import http.client
import pathlib
import ssl
import subprocess
import sys
import tempfile
import unittest
from urllib.parse import urlsplit

from case import HERE


class ProgramTest(unittest.TestCase):
    def test_it_ends_with_its_input(self):
        with subprocess.Popen(
            [sys.executable, "-B", str(HERE / "standin.py"), "files"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as program:
            self.assertRegex(program.stdout.readline(), r"^READY http://127\.0\.0\.1:\d+\n$")
            program.stdin.close()
            self.assertEqual(program.wait(20), 0)

    def test_certificates(self):
        with tempfile.TemporaryDirectory() as made:
            folder = pathlib.Path(made)
            subprocess.run([sys.executable, "-B", str(HERE / "make_certificates.py"), made], check=True)
            self.assertEqual(self.handshake(folder, "good"), "")
            self.assertIn("expired", self.handshake(folder, "expired"))
            self.assertIn("mismatch", self.handshake(folder, "wrong_host"))

    def handshake(self, folder, name):
        """What a client that knows the authority says of the certificate; nothing where it is content."""
        with subprocess.Popen(
            [
                sys.executable,
                "-B",
                str(HERE / "standin.py"),
                "files",
                "--tls",
                folder / f"{name}.pem",
                folder / f"{name}.key",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as program:
            try:
                url = urlsplit(program.stdout.readline().split()[1])
                context = ssl.create_default_context(cafile=folder / "ca.pem")
                connection = http.client.HTTPSConnection(url.hostname, url.port, timeout=30, context=context)
                connection.request("GET", "/files/page.html")
                status = connection.getresponse().status
                connection.close()
                return "" if status == 200 else f"status {status}"
            except ssl.SSLCertVerificationError as wrong:
                return str(wrong)
            finally:
                program.stdin.close()
