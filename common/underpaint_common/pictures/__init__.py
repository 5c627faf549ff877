"""Image files to sample arrays and back."""

from underpaint_common.pictures.decode import load_every_reader as load_every_reader
from underpaint_common.pictures.formats import OutputFormat as OutputFormat
from underpaint_common.pictures.formats import format_for as format_for
from underpaint_common.pictures.images import picture_from_image as picture_from_image
from underpaint_common.pictures.images import picture_to_image as picture_to_image
from underpaint_common.pictures.jxl import decode_jxl as decode_jxl
from underpaint_common.pictures.jxl import encode_jxl as encode_jxl
from underpaint_common.pictures.jxl import jxl_is_there as jxl_is_there
from underpaint_common.pictures.limits import Limits as Limits
from underpaint_common.pictures.picture import Picture as Picture
from underpaint_common.pictures.picture import Size as Size
from underpaint_common.pictures.picture import picture_from_array as picture_from_array
from underpaint_common.pictures.png_writer import Compress as Compress
from underpaint_common.pictures.reading import measure_picture as measure_picture
from underpaint_common.pictures.reading import read_picture as read_picture
from underpaint_common.pictures.sniff import media_type_of as media_type_of
from underpaint_common.pictures.writing import encode as encode
from underpaint_common.pictures.writing import write_picture as write_picture
