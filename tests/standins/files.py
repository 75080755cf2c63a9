"""Plain files by GET: pictures and sounds, ways round to them, and what is not what it says."""
import re

import media
from api import Answer, Api

PAGE = b"<!DOCTYPE html><html><head><title>Not a picture</title></head><body><p>A page, as a link often gives.</p></body></html>\n"
TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


class Files(Api):
    """
    /files/picture.png .jpg .webp   ?prompt= &width= &height= &seed=
    /files/speech.wav .mp3          ?text=
    /files/page.html                a page of HTML
    /files/page.png                 the page, called image/png
    /files/picture.html             a picture, called text/html
    /files/unlabelled               a picture without a Content-Type
    /files/broken.png               half a picture, with the length of the half
    /files/big?bytes=N              N bytes that begin as a PNG does
    /files/redirect?to=URL          302 there; &status= for another
    /files/redirects/N              N redirects, then picture.png
    /files/circle                   a redirect to itself
    """

    name = "files"

    def owns(self, path):
        return path.startswith("/files/")

    def error(self, status, told=None):
        message = (told or {}).get("message") or "The request failed."
        return Answer(
            status, f"<html><head><title>{status}</title></head><body>{message}</body></html>\n".encode(), "text/html"
        )

    def answer(self, request):
        if request.method not in ("GET", "HEAD"):
            return self.error(405)
        try:
            found = self.find(request.path[len("/files/") :], request.query)
        except ValueError as wrong:
            return self.error(400, {"message": str(wrong)})
        if found is None:
            return self.error(404, {"message": "No such file."})
        if isinstance(found, Answer):
            return found
        content, media_type = request.media(found)
        return Answer(200, content, media_type)

    def find(self, name, query):
        """(content, type), a whole Answer, or None."""
        stem, _, end = name.partition(".")
        if stem == "picture" and end in TYPES:
            return self.picture(query, TYPES[end]), TYPES[end]
        if stem == "speech" and end in ("wav", "mp3"):
            return media.encoded(media.speech(query.get("text", "One two three.")), end), media.SOUND_TYPES[end]
        if name == "redirect":
            return redirect(query["to"] if "to" in query else "/files/picture.png", int(query.get("status", 302)))
        found = re.fullmatch(r"redirects/(\d+)", name)
        if found:
            return redirect("/files/picture.png" if int(found[1]) <= 1 else f"/files/redirects/{int(found[1]) - 1}")
        if name == "circle":
            return redirect("/files/circle")
        if name == "big":
            size = int(query.get("bytes", 64 << 20))
            return (self.picture({}, "image/png") + bytes(size))[:size], "image/png"
        picture = self.picture(query, "image/png")
        return {
            "page.html": (PAGE, "text/html; charset=utf-8"),
            "page.png": (PAGE, "image/png"),
            "picture.html": (picture, "text/html"),
            "unlabelled": (picture, ""),
            "broken.png": (picture[: len(picture) // 2], "image/png"),
        }.get(name)

    def picture(self, query, media_type):
        return media.picture(
            query.get("prompt", "A file"),
            int(query.get("width", 640)),
            int(query.get("height", 360)),
            int(query.get("seed", 0)),
            media_type,
        )


def redirect(to, status=302):
    return Answer(status, b"", "", {"Location": to})
