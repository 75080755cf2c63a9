"""ComfyUI's stand-in: graphs that cannot run, and jobs that end well, badly, early or never."""
import media
from case import Case, form, until


def graph(**sampler):
    return {
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd_xl_base_1.0.safetensors"}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 256, "height": 128, "batch_size": 1}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["4", 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "bad", "clip": ["4", 1]}},
        "3": {
            "class_type": "KSampler",
            "inputs": {
                "model": ["4", 0],
                "seed": 7,
                "steps": 20,
                "cfg": 8,
                "sampler_name": "euler",
                "scheduler": "normal",
                "positive": ["6", 0],
                "negative": ["7", 0],
                "latent_image": ["5", 0],
                "denoise": 1,
                **sampler,
            },
        },
        "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
        "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "film"}},
    }


class ComfyUiTest(Case):
    served = ("comfyui", "--work-s", "0.3")

    def ask(self, wish=None):
        status, _, answer = self.call("/prompt", {"prompt": wish or graph(), "client_id": "c"})
        self.assertEqual(status, 200, answer)
        return answer["prompt_id"]

    def history(self, job):
        until(lambda: job in self.call(f"/history/{job}")[2])
        return self.call(f"/history/{job}")[2][job]

    def test_graphs_that_cannot_run(self):
        unknown, unconnected, missing = graph(), graph(), graph()
        unknown["3"]["class_type"] = "NoSuchNode"
        del unconnected["9"]
        del missing["3"]["inputs"]["seed"]
        for wish, kind, node_error in [
            (unknown, "invalid_prompt", None),
            (unconnected, "prompt_no_outputs", None),
            (missing, "prompt_outputs_failed_validation", "required_input_missing"),
            (graph(steps=0), "prompt_outputs_failed_validation", "value_smaller_than_min"),
            (graph(steps="few"), "prompt_outputs_failed_validation", "invalid_input_type"),
            (graph(sampler_name="none"), "prompt_outputs_failed_validation", "value_not_in_list"),
            (graph(positive=["99", 0]), "prompt_outputs_failed_validation", "bad_linked_input"),
            (graph(positive=["4", 0]), "prompt_outputs_failed_validation", "return_type_mismatch"),
        ]:
            with self.subTest(node_error or kind):
                status, _, answer = self.call("/prompt", {"prompt": wish})
                self.assertEqual((status, answer["error"]["type"]), (400, kind))
                if node_error:
                    self.assertEqual(answer["node_errors"]["3"]["errors"][0]["type"], node_error)

    def test_a_picture(self):
        job = self.ask()
        self.assertEqual(self.call(f"/history/{job}")[2], {})
        queue = self.call("/queue")[2]
        self.assertIn(job, [entry[1] for entry in queue["queue_running"] + queue["queue_pending"]])
        told = self.history(job)
        self.assertEqual(told["status"]["status_str"], "success")
        image = told["outputs"]["9"]["images"][0]
        _, headers, content = self.call(f"/view?filename={image['filename']}&subfolder=&type={image['type']}")
        self.assertEqual(headers["Content-Type"], "image/png")
        self.picture(content, (256, 128))
        self.assertEqual(content, media.picture("a fox", 256, 128, 7))
        self.assertEqual(self.call("/view?filename=none.png&type=output")[0], 404)

    def test_waiting_jobs_are_deleted_and_running_ones_interrupted(self):
        running, waiting = self.ask(), self.ask()
        self.call("/queue", {"delete": [waiting]})
        self.call("/interrupt", b"", method="POST")
        told = self.history(running)
        self.assertEqual(
            (told["status"]["status_str"], told["status"]["messages"][-1][0]), ("error", "execution_interrupted")
        )
        self.assertEqual(self.call("/queue")[2], {"queue_running": [], "queue_pending": []})
        self.assertEqual(self.call(f"/history/{waiting}")[2], {})

    def test_jobs_that_fail_and_jobs_that_are_lost(self):
        self.dial("execution_error", message="no memory")
        told = self.history(self.ask())
        self.assertEqual(told["status"]["messages"][-1][1]["exception_message"], "no memory")
        self.dial("lost", match="/prompt")
        job = self.ask()
        self.assertEqual(self.call("/queue")[2], {"queue_running": [], "queue_pending": []})
        self.assertEqual(self.call(f"/history/{job}")[2], {})

    def test_an_uploaded_picture_can_be_loaded(self):
        body, content_type = form(
            {"overwrite": "true"}, [("image", "mine.png", "image/png", media.picture("m", 64, 64))]
        )
        self.assertEqual(self.call("/upload/image", body, {"Content-Type": content_type})[2]["name"], "mine.png")
        wish = graph(latent_image=["11", 0])
        wish["10"] = {"class_type": "LoadImage", "inputs": {"image": "mine.png"}}
        wish["11"] = {"class_type": "VAEEncode", "inputs": {"pixels": ["10", 0], "vae": ["4", 2]}}
        self.assertEqual(self.history(self.ask(wish))["status"]["status_str"], "success")
        wish["10"]["inputs"]["image"] = "theirs.png"
        self.assertEqual(self.call("/prompt", {"prompt": wish})[0], 400)
