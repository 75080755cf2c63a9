"""ComfyUI: a graph in, its queue and history, and the pictures it made."""
import threading
import time
import uuid

import comfyui_graph as graphs
import media
from api import Answer, Api, Refused, json_answer

PATHS = ("/prompt", "/queue", "/history", "/view", "/interrupt", "/system_stats", "/upload/image", "/object_info")


class Job:
    def __init__(self, number, graph, client, fault):
        self.id = str(uuid.uuid4())
        self.number, self.graph, self.client, self.fault = number, graph, client, fault
        self.stopped = threading.Event()

    def entry(self):
        return [self.number, self.id, self.graph, {"client_id": self.client}, graphs.output_nodes(self.graph)]


class ComfyUi(Api):
    name = "comfyui"

    def __init__(self, settings):
        super().__init__(settings)
        self.changed = threading.Condition()
        self.number = 0
        self.forget()
        threading.Thread(target=self.work, daemon=True).start()

    def forget(self):
        self.pending, self.running, self.history, self.files, self.inputs = [], None, {}, {}, {"example.png"}

    def reset(self):
        with self.changed:
            if self.running:
                self.running.stopped.set()
            self.forget()

    def owns(self, path):
        return any(path == one or path.startswith(one + "/") for one in PATHS)

    def error(self, status, told=None):
        message = (told or {}).get("message") or "The request failed."
        return json_answer(
            {
                "error": {
                    "type": (told or {}).get("code") or "server_error",
                    "message": message,
                    "details": message,
                    "extra_info": {},
                },
                "node_errors": {},
            },
            status,
        )

    def answer(self, request):
        name = request.path.split("/")[1]
        does = getattr(self, f"{request.method.lower()}_{name}", None)
        if does is None:
            raise Refused(Answer(405, b"405: Method Not Allowed", "text/plain"))
        return does(request)

    def body(self, request):
        try:
            body = request.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Refused(Answer(500, b"500 Internal Server Error\n\nServer got itself in trouble", "text/plain"))
        return body

    # The queue.

    def get_prompt(self, _request):
        with self.changed:
            return json_answer({"exec_info": {"queue_remaining": len(self.pending) + (self.running is not None)}})

    def post_prompt(self, request):
        body = self.body(request)
        error, node_errors = graphs.check(body.get("prompt"), self.inputs)
        if error:
            raise Refused(json_answer({"error": error, "node_errors": node_errors}, 400))
        with self.changed:
            self.number += 1
            job = Job(self.number, body["prompt"], body.get("client_id"), request.fault)
            if not request.has("lost"):
                self.pending.append(job)
                self.changed.notify()
        return json_answer({"prompt_id": job.id, "number": job.number, "node_errors": {}})

    def get_queue(self, _request):
        with self.changed:
            return json_answer(
                {
                    "queue_running": [self.running.entry()] if self.running else [],
                    "queue_pending": [job.entry() for job in self.pending],
                }
            )

    def post_queue(self, request):
        body = self.body(request)
        with self.changed:
            self.pending = [
                job for job in self.pending if not body.get("clear") and job.id not in body.get("delete", [])
            ]
        return Answer(200, b"", "")

    def post_interrupt(self, _request):
        with self.changed:
            if self.running:
                self.running.stopped.set()
        return Answer(200, b"", "")

    def work(self):
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.pending)
                job = self.running = self.pending.pop(0)
            stopped = job.stopped.wait(self.settings.work_s)
            outputs, pictures = ({}, {}) if stopped else self.make(job)
            with self.changed:
                if self.running is job:  # else a reset forgot it
                    self.running = None
                    self.files.update(pictures)
                    self.history[job.id] = self.told(job, outputs, stopped)

    def make(self, job):
        """The outputs of each saving node, and the pictures by (folder type, name)."""
        outputs, pictures = {}, {}
        if job.fault and job.fault["fault"] == "execution_error":
            return outputs, pictures
        for node in graphs.output_nodes(job.graph):
            wish = graphs.wish(job.graph, node)
            told = []
            for index in range(wish.count):
                name = f"{wish.prefix}_{job.number:05}_{index:02}.png"
                pictures[(wish.folder, name)] = media.picture(wish.text, wish.width, wish.height, wish.seed + index)
                told.append({"filename": name, "subfolder": "", "type": wish.folder})
            outputs[node] = {"images": told}
        return outputs, pictures

    def told(self, job, outputs, stopped):
        """The job as the history has it."""
        about = {"prompt_id": job.id, "timestamp": int(time.time() * 1000)}
        messages, state = [["execution_start", about]], "success"
        first = next(iter(job.graph))
        node = {"node_id": first, "node_type": job.graph[first]["class_type"], "executed": []}
        if stopped:
            messages.append(["execution_interrupted", {**about, **node}])
            state = "error"
        elif job.fault and job.fault["fault"] == "execution_error":
            messages.append(
                [
                    "execution_error",
                    {
                        **about,
                        **node,
                        "exception_message": job.fault["message"],
                        "exception_type": "torch.OutOfMemoryError",
                        "traceback": [],
                        "current_inputs": {},
                        "current_outputs": [],
                    },
                ]
            )
            state = "error"
        else:
            messages.append(["execution_success", about])
        return {
            "prompt": job.entry(),
            "outputs": outputs,
            "meta": {},
            "status": {"status_str": state, "completed": state == "success", "messages": messages},
        }

    # What it made, and what it has.

    def get_history(self, request):
        asked = request.path.split("/")[2:]
        with self.changed:
            found = {one: told for one, told in self.history.items() if not asked or one == asked[0]}
            return json_answer(found)

    def get_view(self, request):
        with self.changed:
            content = self.files.get((request.query.get("type", "output"), request.query.get("filename", "")))
        if "filename" not in request.query or ".." in request.query["filename"]:
            return Answer(400, b"", "")
        if content is None or request.query.get("subfolder"):
            return Answer(404, b"", "")
        content, media_type = request.media((content, "image/png"))
        return Answer(200, content, media_type, {"Content-Disposition": f'filename="{request.query["filename"]}"'})

    def post_upload(self, request):
        """multipart/form-data with a picture as `image`: LoadImage finds it by the name answered."""
        try:
            part = next(part for part in request.parts() if part.name == "image" and part.filename)
            media.picture_type(part.body)
        except (ValueError, StopIteration):
            return Answer(400, b"", "")
        with self.changed:
            self.inputs = self.inputs | {part.filename}
            self.files[("input", part.filename)] = part.body
        return json_answer({"name": part.filename, "subfolder": "", "type": "input"})

    def get_object_info(self, _request):
        return json_answer(graphs.object_info(self.inputs))

    def get_system_stats(self, _request):
        return json_answer(
            {
                "system": {
                    "os": "posix",
                    "ram_total": 16 << 30,
                    "ram_free": 8 << 30,
                    "comfyui_version": "0.3.60",
                    "python_version": "3.11",
                    "pytorch_version": "2.8.0",
                    "embedded_python": False,
                    "argv": ["main.py"],
                },
                "devices": [
                    {
                        "name": "cuda:0 Stand-in",
                        "type": "cuda",
                        "index": 0,
                        "vram_total": 12 << 30,
                        "vram_free": 10 << 30,
                        "torch_vram_total": 0,
                        "torch_vram_free": 0,
                    }
                ],
            }
        )
