"""Whether the store is whole."""

from __future__ import annotations

from queries import integrity as queries
from queries.store import Store


def faults(store: Store) -> list[str]:
    """Return a sentence for each kind of fault in the store, with the first ids; none when it is whole."""
    sentences = []
    with store.reading() as reading:
        for fault in queries.FAULTS:
            rows = queries.faults(reading, fault)
            if rows.height:
                first = ", ".join(f"{practice}/{id_}" for practice, id_ in rows.head(5).iter_rows())
                more = f" and {rows.height - 5:,} more" if rows.height > 5 else ""
                sentences.append(f"{rows.height:,} {fault.replace('_', ' ')}: {first}{more}.")
    return sentences
