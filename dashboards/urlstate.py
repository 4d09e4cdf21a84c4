"""What the reader has chosen, held twice: in the session and in the URL, always as codes, never as translated labels.

The URL wins on the first load, on an edited link and on back or forward; the session wins after a click on another
page, because Streamlit then drops the query.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st


@dataclass(frozen=True)
class One:
    """A choice of one code among `allowed`."""

    default: str
    allowed: Sequence[str]

    def read(self, texts: Iterable[str]) -> str:
        """The choice that stands in a URL; an unknown code is as good as none."""
        return next((text for text in texts if text in self.allowed), self.default)

    def write(self, value: Any) -> str:
        """The choice as it stands in a URL."""
        return str(value)


@dataclass(frozen=True)
class Many:
    """A choice of any codes among `allowed`; none chosen means all."""

    allowed: Sequence[str]
    default: tuple[str, ...] = ()

    def read(self, texts: Iterable[str]) -> tuple[str, ...]:
        """The choices that stand in a URL, in the order of `allowed`; unknown codes are dropped."""
        codes = {code for text in texts for code in text.split(",")}
        return tuple(code for code in self.allowed if code in codes)

    def write(self, value: Any) -> str:
        """The choices as they stand in a URL."""
        return ",".join(value)


Spec = dict[str, One | Many]


class UrlState:
    """The choices of one session. Make one each run, then `load` the keys of the page that is shown."""

    def __init__(self, spec: Spec, always: Sequence[str] = ()) -> None:
        self.spec, self.always = spec, always
        self.shown: tuple[str, ...] = ()

    def __getitem__(self, key: str) -> Any:
        """The chosen code, or tuple of codes, if it is still allowed."""
        value = self._kept().get(key, self.spec[key].default)
        return self.spec[key].read([value] if isinstance(value, str) else value)

    def peek(self, key: str) -> Any:
        """What a key will be after `load`: for the language, which the list of pages needs before."""
        return self.spec[key].read(st.query_params.get_all(key)) if key in st.query_params else self[key]

    def load(self, shown: Sequence[str]) -> None:
        """Take over what the URL says about the shown keys, then make the URL say what is chosen."""
        self.shown = tuple(shown)
        now = self._in_url()
        if "_pushed" not in st.session_state or (now and now != st.session_state["_pushed"]):
            self._kept().update({key: self.spec[key].read(st.query_params.get_all(key)) for key in self.shown})
            # New widget identities: a widget that lives on would show the old choice.
            st.session_state["_generation"] = st.session_state.get("_generation", 0) + 1
        self.push()

    def push(self) -> None:
        """Write the chosen codes into the URL, leaving out defaults."""
        want = {
            key: self.spec[key].write(self[key])
            for key in self.shown
            if self[key] != self.spec[key].default or key in self.always
        }
        if want != self._in_url():
            for key in self.spec:
                if key in want:
                    st.query_params[key] = want[key]
                elif key in st.query_params:
                    del st.query_params[key]
        st.session_state["_pushed"] = want

    def choose(self, **values: str | tuple[str, ...]) -> None:
        """Set choices from code: a button that clears the filters. Its widgets start anew."""
        self._kept().update(values)
        st.session_state["_generation"] = st.session_state.get("_generation", 0) + 1
        self.push()

    def one(self, label: str, key: str, name: Callable[[str], str], lang: str, **more: Any) -> None:
        """A select box that holds a code and shows `name(code)`."""
        codes, widget = list(self.spec[key].allowed), self._widget(key, lang)
        index = codes.index(self[key]) if self[key] in codes else 0
        changed: dict[str, Any] = {"on_change": self._changed, "args": (key, widget)}
        st.selectbox(label, codes, index=index, key=widget, format_func=name, **changed, **more)

    def among(self, label: str, key: str, codes: list[str], now: str, name: Callable[[str], str], lang: str) -> None:
        """A select box over some of the allowed codes, standing on `now`, which need not be the reader's choice."""
        widget = f"{self._widget(key, lang)}-{hash(tuple(codes))}"
        changed: dict[str, Any] = {"on_change": self._changed, "args": (key, widget)}
        st.selectbox(label, codes, index=codes.index(now), key=widget, format_func=name, **changed)

    def many(self, label: str, key: str, name: Callable[[str], str], lang: str, **more: Any) -> None:
        """A multiselect that holds codes and shows `name(code)`."""
        codes, widget = list(self.spec[key].allowed), self._widget(key, lang)
        changed: dict[str, Any] = {"on_change": self._changed, "args": (key, widget)}
        st.multiselect(label, codes, default=list(self[key]), key=widget, format_func=name, **changed, **more)

    def _changed(self, key: str, widget: str) -> None:
        value = st.session_state[widget]
        self._kept()[key] = self.spec[key].read([value] if isinstance(value, str) else value or ())
        self.push()

    def _widget(self, key: str, lang: str) -> str:
        # The language is part of the identity: Streamlit keeps the old language's labels otherwise.
        return f"choice-{key}-{lang}-{st.session_state['_generation']}"

    def _in_url(self) -> dict[str, str]:
        return {key: ",".join(st.query_params.get_all(key)) for key in self.spec if key in st.query_params}

    @staticmethod
    def _kept() -> dict[str, Any]:
        kept: dict[str, Any] = st.session_state.setdefault("_choices", {})
        return kept
