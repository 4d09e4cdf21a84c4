"""The base of everything that people write in a file of ours: an unknown key is an error, with its place."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A part of such a file. Frozen; what was written is never quoted in an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
