"""Runs the samples of Qdrant's documentation against a server at the given address: what it says comes of them comes of them."""

import ast
import sys
from urllib.parse import urlsplit

from qdrant_client import QdrantClient, models

from samples import SAMPLES

URL = sys.argv[1]
NAME = "{collection_name}"
UUID = "5c56c793-69f3-4fbf-87e6-c4bf54c28c26"
admin = QdrantClient(url=URL)
ran = set()

# Words that the client has renamed since: what a sample says, and what is said today.
RENAMED = {
    "update_vectors": ("models.PointStruct(", "models.PointVectors("),
    "delete_vectors": ("points_selector=", "points="),
    "scroll": ("with_vector=", "with_vectors="),
}


def check(got, expected):
    assert got == expected, f"got {got!r}, expected {expected!r}"


def colors():
    """Points 0, 1, 3, 10 and 100, of which 0 and 1 are red."""
    empty()
    points = [
        models.PointStruct(id=id, vector=[id + 1, 1, 1], payload={"color": "red" if id < 2 else "blue", "price": id})
        for id in (0, 1, 3, 10, 100)
    ]
    admin.upsert(NAME, points=points)


def empty():
    admin.delete_collection(NAME)
    admin.create_collection(NAME, vectors_config=models.VectorParams(size=3, distance=models.Distance.COSINE))


def named():
    admin.delete_collection(NAME)
    vectors = {
        "image": models.VectorParams(size=4, distance=models.Distance.DOT),
        "text": models.VectorParams(size=8, distance=models.Distance.DOT),
    }
    admin.create_collection(NAME, vectors_config=vectors)


def both():
    named()
    run("named_vectors")
    points = [models.PointStruct(id=id, vector={"image": [1, 1, 1, 1]}) for id in (0, 3, 100)]
    admin.upsert(NAME, points=points)


def payloads():
    return {each.id: each.payload for each in admin.scroll(NAME, limit=100)[0]}


def vectors(id):
    return admin.retrieve(NAME, ids=[id], with_vectors=True)[0].vector


def run(name):
    """Runs a sample as it is written, but for the port and the words that were renamed. Answers its last value."""
    ran.add(name)
    code = SAMPLES[name]
    if name in RENAMED:
        old, new = RENAMED[name]
        # Else there is nothing to rename any more.
        try:
            execute(code)
        except Exception:
            code = code.replace(old, new)
        else:
            raise AssertionError(f"{name}: takes {old} as it is written")
    return execute(code)


def execute(code):
    code = code.replace("6333", str(urlsplit(URL).port))
    # The last one is an expression.
    *statements, last = statements_of(code)
    scope = {"client": admin, "models": models}
    exec("\n".join(statements), scope)
    return eval(last, scope)


def statements_of(code):
    for statement in ast.parse(code).body:
        yield ast.get_source_segment(code, statement)


RED = {"color": "red"}
PROPERTIES = {"property1": "string", "property2": "string"}
COLUMNS = {1: {"color": "red"}, 2: {"color": "green"}, 3: {"color": "blue"}}


def both_ids():
    empty()
    for suffix in ("", "_again"):
        check(run(f"uuid{suffix}").status, models.UpdateStatus.COMPLETED)
        run(f"number{suffix}")
        check(payloads(), {1: RED, UUID: RED})


def uploads():
    for name in ("columns", "records"):
        empty()
        run(name)
        check(payloads(), COLUMNS)
        # Idempotent, as the documents say.
        stored = admin.scroll(NAME, with_vectors=True)
        run(name)
        check(admin.scroll(NAME, with_vectors=True), stored)


def names():
    both()
    run("update_vectors")
    text = [0.4, 0.7, 0.1, 0.8, 0.1, 0.1, 0.9, 0.2]
    check(vectors(1), {"image": [0.1, 0.2, 0.3, 0.4], "text": text})
    check(vectors(2), {"image": [0.2, 0.1, 0.3, 0.9], "text": [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]})
    run("delete_vectors")
    check([vectors(id) for id in (0, 3, 100)], [{}, {}, {}])
    check(sorted(vectors(1)), ["image", "text"])


def settings():
    colors()
    before = payloads()
    run("set_payload")
    check(payloads(), {id: {**each, **(PROPERTIES if id in (0, 3, 10) else {})} for id, each in before.items()})
    colors()
    run("set_payload_by_filter")
    check(payloads(), {id: {**each, **(PROPERTIES if id < 2 else {})} for id, each in before.items()})


def removals():
    colors()
    before = payloads()
    for name in ("delete_payload", "clear_payload"):
        colors()
        run(name)
        check(payloads(), {id: {} if id in (0, 3, 100) else each for id, each in before.items()})
    colors()
    run("delete_payload_by_filter")
    check(payloads(), {id: {} if id < 2 else each for id, each in before.items()})
    colors()
    run("delete_points")
    check(list(payloads()), [1, 10])
    colors()
    run("delete_points_by_filter")
    check(list(payloads()), [3, 10, 100])


def reading():
    colors()
    records = run("retrieve")
    check([(each.id, each.payload["price"]) for each in records], [(0, 0), (3, 3), (10, 10)])
    page, offset = run("scroll")
    check([(each.id, each.payload, each.vector) for each in page], [(0, {"color": "red", "price": 0}, None)])
    check(offset, 1)
    ids = range(200, 200 + 3809)
    red = [models.PointStruct(id=id, vector=[1, 1, 1], payload=RED) for id in ids]
    admin.upsert(NAME, points=red)
    check(run("count").count, 3811)


for part in (both_ids, uploads, names, settings, removals, reading):
    part()
    print(part.__name__)
check(sorted(set(SAMPLES) - ran), [])
print("samples")
