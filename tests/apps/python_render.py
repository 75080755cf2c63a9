"""python_render.py ENDPOINT REQUEST.json TARGET: renders with the Python client and prints the finished job as JSON."""
import json
import os
import sys

from reeld import Client

endpoint, request_file, target = sys.argv[1:4]
with open(request_file, encoding="utf-8") as file:
    request = json.load(file)
with Client(endpoint) as client:
    job = client.render(request, target, base_dir=os.path.dirname(request_file))
print(json.dumps(job))
