"""QR codes."""

import base64
import io
from typing import Any

import zxingcpp
from PIL import Image


def _barcode(text: str) -> Any:
    return zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)


def qr_svg(text: str) -> str:
    """A QR code as SVG, with its quiet zone; black on white, whatever it stands on."""
    svg = str(zxingcpp.write_barcode_to_svg(_barcode(text), add_quiet_zones=True))
    return svg.replace("<g ", '<rect width="100%" height="100%" fill="#ffffff"/><g ', 1)


def qr_picture(text: str) -> str:
    """A QR code as the address of a picture on a screen (data:)."""
    return "data:image/svg+xml;base64," + base64.b64encode(qr_svg(text).encode()).decode()


def qr_png(text: str) -> bytes:
    """A QR code as PNG of one dot a module, with its quiet zone; to be enlarged without smoothing."""
    dots: Any = zxingcpp.write_barcode_to_image(_barcode(text), scale=1, add_quiet_zones=True)
    height, width = dots.shape
    stream = io.BytesIO()
    Image.frombuffer("L", (width, height), bytes(dots)).convert("1").save(stream, "PNG")
    return stream.getvalue()
