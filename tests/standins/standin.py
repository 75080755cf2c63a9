#!/usr/bin/python3
"""Stand-ins for the providers' HTTP APIs, on loopback: real media, strict checks, and a dial for what goes wrong.

    standin.py [--tls CERTIFICATE KEY] [--port 0] [--key KEY] API...

Prints READY and its URL once it listens, and ends when its standard input does.
"""
import argparse
import os
import ssl
import sys
import threading

from comfyui import ComfyUi
from elevenlabs import ElevenLabs
from files import Files
from gemini import Gemini
from openai import OpenAi
from sdwebui import SdWebUi
from server import Server

APIS = {api.name: api for api in (Gemini, OpenAi, ElevenLabs, SdWebUi, ComfyUi, Files)}


def main():
    settings = arguments()
    tls = None
    if settings.tls:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*settings.tls)
    server = Server([APIS[name](settings) for name in settings.api], settings.port, tls)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("READY", server.base_url, flush=True)
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)  # whatever connections still hang: some are made to


def arguments(told=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("api", nargs="+", choices=sorted(APIS), metavar="API", help=", ".join(APIS))
    parser.add_argument("--port", type=int, default=0, help="0 for any that is free")
    parser.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"), help="PEM files: serve https")
    parser.add_argument("--key", default="test-key", help="the API key that is right; empty: openai asks for none")
    parser.add_argument("--model", action="append", default=[], help="one more model that is served; may be repeated")
    parser.add_argument(
        "--gone", action="append", default=[], metavar="MODEL", help="a model that was withdrawn; may be repeated"
    )
    parser.add_argument("--json-object-only", action="store_true", help="openai: a server that knows no json_schema")
    parser.add_argument("--basic", metavar="USER:PASSWORD", help="sdwebui: asks for Basic authentication")
    parser.add_argument("--work-s", type=float, default=0.0, help="sdwebui, comfyui: how long a picture takes")
    return parser.parse_args(told)


if __name__ == "__main__":
    main()
