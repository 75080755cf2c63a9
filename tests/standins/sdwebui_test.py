"""Stable Diffusion WebUI's stand-in: its logins, pictures, seeds, progress and interruption."""
import base64
import json
import threading

import media
from case import Case, until


class SdWebUiTest(Case):
    served = ("sdwebui", "--basic", "me:secret", "--work-s", "0.5")
    login = {"Authorization": "Basic " + base64.b64encode(b"me:secret").decode()}

    def test_passwords_and_shapes(self):
        self.assertEqual(self.call("/sdapi/v1/sd-models")[0], 401)
        self.assertEqual(self.call("/sdapi/v1/sd-models", headers=self.login)[2][0]["model_name"], "sd_xl_base_1.0")
        for body, status in [({"steps": "many"}, 422), ({"sampler_name": "none"}, 404), (b"{", 422)]:
            found, _, answer = self.call("/sdapi/v1/txt2img", body, self.login)
            self.assertEqual(found, status)
            self.assertIn("detail", answer)

    def test_pictures_and_the_seeds_used(self):
        answer = self.call(
            "/sdapi/v1/txt2img",
            {"prompt": "a", "width": 131, "height": 64, "batch_size": 2, "seed": -1, "a_field_of_later": 1},
            self.login,
        )[2]
        info = json.loads(answer["info"])
        self.assertGreaterEqual(info["seed"], 0)
        self.assertEqual(info["all_seeds"], [info["seed"], info["seed"] + 1])
        self.picture(base64.b64decode(answer["images"][1]), (128, 64))
        self.dial("data_prefix")
        self.assertTrue(
            self.call("/sdapi/v1/txt2img", {"prompt": "a"}, self.login)[2]["images"][0].startswith("data:image/png;")
        )

    def test_a_picture_after_another(self):
        first = base64.b64encode(media.picture("a", 64, 64)).decode()
        for images, status in [([], 404), (None, 404), (["bm8="], 500), ([7], 500), ([first], 200)]:
            body = {"prompt": "a", "width": 64, "height": 64, "init_images": images}
            if images is None:
                del body["init_images"]
            self.assertEqual(self.call("/sdapi/v1/img2img", body, self.login)[0], status)

    def test_progress_and_interruption(self):
        done = []
        maker = threading.Thread(
            target=lambda: done.append(self.call("/sdapi/v1/txt2img", {"prompt": "a"}, self.login))
        )
        maker.start()
        until(lambda: self.call("/sdapi/v1/progress", headers=self.login)[2]["progress"] > 0)
        self.assertEqual(self.call("/sdapi/v1/interrupt", b"", self.login, "POST")[2], {})
        maker.join()
        self.assertEqual(done[0][0], 200)
        self.assertEqual(self.call("/sdapi/v1/progress", headers=self.login)[2]["progress"], 0)
