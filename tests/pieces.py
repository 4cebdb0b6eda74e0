"""Random texts made of given pieces, for hypothesis: a whole text is one draw, which costs a tenth of a list's."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

_FIRST = 0x4E00


def _codes(count: int, most: int) -> st.SearchStrategy[str]:
    """A third of any length, which hypothesis keeps short, the others of some length at least."""
    alphabet = "".join(chr(_FIRST + number) for number in range(count))
    short = st.text(alphabet=alphabet, max_size=most)
    return st.one_of(short, *(st.text(alphabet=alphabet, min_size=most // part, max_size=most) for part in (6, 4)))


def joined(pieces: Sequence[str], most: int) -> st.SearchStrategy[str]:
    """Up to ``most`` of the pieces, one after the other."""
    return _codes(len(pieces), most).map(lambda drawn: "".join(pieces[ord(one) - _FIRST] for one in drawn))


def mixed(pieces: Sequence[str], most: int, run: int) -> st.SearchStrategy[str]:
    """Up to ``most`` things, each as likely one of the pieces as a run of up to ``run`` characters of any kind."""
    known = len(pieces)

    def expand(drawn: tuple[str, str]) -> str:
        codes, rest = drawn
        parts, at = [], 0
        for code in (ord(one) - _FIRST for one in codes):
            if code < known:
                parts.append(pieces[code])
                continue
            # As many codes stand for runs as for pieces; each says how long its run is.
            length = code % (run + 1)
            parts.append("".join(rest[(at + step) % len(rest)] for step in range(length)) if rest else "")
            at += length
        # Hypothesis draws the least of one half often, whatever the other half is: that must not make equal texts.
        return "".join(parts) + (rest if len(set(codes)) < 2 else "")

    return st.tuples(_codes(2 * known, most), st.text(max_size=most)).map(expand)
