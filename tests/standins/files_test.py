"""The stand-in for plain files: what is there, what is not what it says, and redirects."""
import io
import wave

import media
from case import Case


class FilesTest(Case):
    served = ("files",)

    def test_what_is_there(self):
        for end, media_type in (("png", "image/png"), ("jpg", "image/jpeg"), ("webp", "image/webp")):
            _, headers, content = self.call(f"/files/picture.{end}?prompt=x&width=64&height=48")
            self.assertEqual((headers["Content-Type"], media.picture_type(content)), (media_type, media_type))
            self.picture(content, (64, 48))
        with wave.open(io.BytesIO(self.call("/files/speech.wav?text=Hello")[2])) as file:
            self.assertGreater(file.getnframes(), 2000)
        self.assertEqual(self.call("/files/none.png")[0], 404)

    def test_what_is_not_what_it_says(self):
        self.assertEqual(self.call("/files/page.png")[1]["Content-Type"], "image/png")
        self.assertRaises(ValueError, media.picture_type, self.call("/files/page.png")[2])
        self.assertEqual(self.call("/files/picture.html")[1]["Content-Type"], "text/html")
        self.assertIsNone(self.call("/files/unlabelled")[1]["Content-Type"])
        self.assertRaises(ValueError, media.picture_type, self.call("/files/broken.png")[2])
        self.assertEqual(len(self.call("/files/big?bytes=2000000")[2]), 2000000)

    def test_redirects(self):
        self.assertEqual(self.call("/files/redirects/2")[1]["Location"], "/files/redirects/1")
        self.assertEqual(self.call("/files/redirects/1")[1]["Location"], "/files/picture.png")
        status, headers, _ = self.call("/files/redirect?to=http://169.254.169.254/latest&status=307")
        self.assertEqual((status, headers["Location"]), (307, "http://169.254.169.254/latest"))
