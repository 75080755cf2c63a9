#!/usr/bin/python3
"""make_certificates.py FOLDER: a certificate authority, and what it signed, for tests of TLS. Needs openssl.

ca.pem, and NAME.pem with NAME.key: good (localhost and 127.0.0.1), expired (the same, a day in 2020), wrong_host.
"""
import pathlib
import subprocess
import sys
import tempfile

CONFIGURATION = """
[ca]
default_ca = stand_in
[stand_in]
database = {folder}/index
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
"""
LOCAL = "DNS:localhost,IP:127.0.0.1"
CERTIFICATES = {  # name -> (hosts, first moment, last moment)
    "good": (LOCAL, "20240101000000Z", "20491231000000Z"),
    "expired": (LOCAL, "20200101000000Z", "20200102000000Z"),
    "wrong_host": ("DNS:elsewhere.example", "20240101000000Z", "20491231000000Z"),
}
NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


def main(out):
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        work = pathlib.Path(made)
        (work / "configuration").write_text(CONFIGURATION.format(folder=work))
        (work / "index").write_text("")
        (work / "serial").write_text("01\n")
        openssl(
            "req",
            "-x509",
            *NEW_KEY,
            "-keyout",
            work / "ca.key",
            "-out",
            out / "ca.pem",
            "-days",
            "9000",
            "-subj",
            "/CN=Stand-in authority",
            "-addext",
            "basicConstraints=critical,CA:TRUE",
            "-addext",
            "keyUsage=critical,keyCertSign",
        )
        for name, (hosts, start, end) in CERTIFICATES.items():
            openssl(
                "req",
                "-new",
                *NEW_KEY,
                "-keyout",
                out / f"{name}.key",
                "-out",
                work / "request",
                "-subj",
                f"/CN=Stand-in {name}",
            )
            (work / "extensions").write_text(f"subjectAltName={hosts}\nbasicConstraints=CA:FALSE\n")
            openssl(
                "ca",
                "-batch",
                "-notext",
                "-config",
                work / "configuration",
                "-cert",
                out / "ca.pem",
                "-keyfile",
                work / "ca.key",
                "-in",
                work / "request",
                "-out",
                out / f"{name}.pem",
                "-startdate",
                start,
                "-enddate",
                end,
                "-extfile",
                work / "extensions",
            )


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"make_certificates: openssl {arguments[0]}: {done.stderr}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
