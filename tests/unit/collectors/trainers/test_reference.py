"""The reference pipeline's description is shipped with the product."""

from __future__ import annotations

from collectors.readers.text.read_config import read_config
from collectors.trainers.folder import Folder
from collectors.trainers.reference import NAME, SPEC, shipped_bytes
from collectors.trainers.spec import Run


def test_the_shipped_description_is_what_the_reader_of_everybodys_configs_makes_of_it() -> None:
    described = SPEC.describe(Folder(), Run(because=()))

    assert described == read_config(shipped_bytes(), name=NAME).data
    assert described["streams"]
