"""Qdrant's Python client, as it is published, driven through its methods against a server at the given address."""

import sys

from qdrant_client import QdrantClient, models

client = QdrantClient(url=sys.argv[1], check_compatibility=True)
NAME = "cities"
QUERY = [0.2, 0.1, 0.9, 0.7]
CITIES = [
    (1, [0.05, 0.61, 0.76, 0.74], {"city": "Berlin", "visitors": 13}),
    (2, [0.19, 0.81, 0.75, 0.11], {"city": "London", "visitors": 20}),
    (3, [0.36, 0.55, 0.47, 0.94], {"city": "Moscow", "visitors": 20}),
    (4, [0.18, 0.01, 0.85, 0.8], {"city": "New York", "visitors": 66}),
    (5, [0.24, 0.18, 0.22, 0.44], {"city": "Beijing", "tags": ["capital", "old"]}),
    (6, [0.35, 0.08, 0.11, 0.44], {"city": "Mumbai", "tags": ["old"]}),
]


def check(got, expected):
    assert got == expected, f"got {got!r}, expected {expected!r}"


def ids(points):
    return [point.id for point in points]


def field(key, value):
    return models.FieldCondition(key=key, match=models.MatchValue(value=value))


def build():
    client.delete_collection(NAME)
    params = models.VectorParams(size=4, distance=models.Distance.DOT)
    assert client.create_collection(NAME, vectors_config=params)
    points = [models.PointStruct(id=id, vector=vector, payload=payload) for id, vector, payload in CITIES]
    check(client.upsert(NAME, points=points, wait=True).status, models.UpdateStatus.COMPLETED)


def collections():
    build()
    check(client.info().title, "qdrant - vector search engine")
    assert client.collection_exists(NAME)
    assert not client.collection_exists("nowhere")
    assert NAME in [each.name for each in client.get_collections().collections]
    info = client.get_collection(NAME)
    check(info.points_count, 6)
    check(info.config.params.vectors.size, 4)
    assert client.update_collection(NAME, hnsw_config=models.HnswConfigDiff(ef_construct=64))
    check(client.get_collection(NAME).config.hnsw_config.ef_construct, 64)
    alias = models.CreateAlias(collection_name=NAME, alias_name="live")
    assert client.update_collection_aliases([models.CreateAliasOperation(create_alias=alias)])
    check([each.alias_name for each in client.get_aliases().aliases], ["live"])
    check([each.alias_name for each in client.get_collection_aliases(NAME).aliases], ["live"])
    check(client.count("live").count, 6)
    try:
        client.get_collection("nowhere")
        raise AssertionError("a collection that is not there")
    except Exception as error:
        assert "Not found: Collection `nowhere`" in str(error), error


def reading():
    build()
    records = client.retrieve(NAME, ids=[3, 99, 1], with_vectors=True)
    check(ids(records), [3, 1])
    check(records[0].vector, [0.36, 0.55, 0.47, 0.94])
    check(records[0].payload, {"city": "Moscow", "visitors": 20})
    page, offset = client.scroll(NAME, limit=4, with_payload=False)
    check((ids(page), offset), ([1, 2, 3, 4], 5))
    page, offset = client.scroll(NAME, limit=4, offset=offset)
    check((ids(page), offset), ([5, 6], None))
    red = models.Filter(must=[field("visitors", 20)])
    check(client.count(NAME, count_filter=red, exact=True).count, 2)


def searching():
    build()
    found = client.query_points(NAME, query=QUERY, limit=3, with_payload=True).points
    check(ids(found), [4, 1, 3])
    check([round(point.score, 3) for point in found], [1.362, 1.273, 1.208])
    check(found[0].payload["city"], "New York")
    near = models.Filter(must=[models.FieldCondition(key="visitors", range=models.Range(lt=30))])
    check(ids(client.query_points(NAME, query=4, query_filter=near, limit=2).points), [1, 3])
    requests = [models.QueryRequest(query=QUERY, limit=1), models.QueryRequest(query=4, limit=1)]
    check([ids(each.points) for each in client.query_batch_points(NAME, requests=requests)], [[4], [1]])
    groups = client.query_points_groups(NAME, group_by="visitors", query=QUERY, limit=2, group_size=1).groups
    check([(group.id, ids(group.hits)) for group in groups], [(66, [4]), (13, [1])])


def fields():
    build()
    client.create_payload_index(NAME, "visitors", models.PayloadSchemaType.INTEGER, wait=True)
    client.create_payload_index(NAME, "tags", models.PayloadSchemaType.KEYWORD, wait=True)
    check(client.get_collection(NAME).payload_schema["visitors"].points, 4)
    hits = client.facet(NAME, key="tags").hits
    check([(hit.value, hit.count) for hit in hits], [("old", 2), ("capital", 1)])
    ordered, _ = client.scroll(NAME, order_by=models.OrderBy(key="visitors", direction=models.Direction.DESC))
    check(ids(ordered), [4, 3, 2, 1])
    client.delete_payload_index(NAME, "tags", wait=True)
    check(list(client.get_collection(NAME).payload_schema), ["visitors"])


def writing():
    build()
    payload = lambda id: client.retrieve(NAME, ids=[id])[0].payload
    client.set_payload(NAME, payload={"since": 1237}, points=[1])
    check(payload(1), {"city": "Berlin", "visitors": 13, "since": 1237})
    client.overwrite_payload(NAME, payload={"city": "Bonn"}, points=[1])
    check(payload(1), {"city": "Bonn"})
    client.delete_payload(NAME, keys=["visitors"], points=models.Filter(must=[field("visitors", 20)]))
    check((payload(2), payload(3)), ({"city": "London"}, {"city": "Moscow"}))
    client.clear_payload(NAME, points_selector=[4])
    check(payload(4), {})
    client.update_vectors(NAME, points=[models.PointVectors(id=5, vector=[1, 0, 0, 0])])
    check(client.retrieve(NAME, ids=[5], with_vectors=True)[0].vector, [1, 0, 0, 0])
    client.delete_vectors(NAME, vectors=[""], points=[5])
    check(client.retrieve(NAME, ids=[5], with_vectors=True)[0].vector, {})
    big = 2**63 + 1
    operations = [
        models.UpsertOperation(
            upsert=models.PointsList(points=[models.PointStruct(id=big, vector=QUERY, payload={"big": big})])
        ),
        models.DeleteOperation(delete=models.PointIdsList(points=[6])),
    ]
    results = client.batch_update_points(NAME, update_operations=operations)
    check([each.status for each in results], [models.UpdateStatus.COMPLETED] * 2)
    check(payload(big), {"big": big})
    client.delete(NAME, points_selector=[big])
    batch = models.Batch(ids=[7, 8], vectors=[QUERY, QUERY], payloads=[{"a": 1}, {"a": 2}])
    client.upsert(NAME, points=batch)
    client.upload_points(NAME, points=[models.PointStruct(id=9, vector=QUERY)], wait=True)
    client.upload_collection(NAME, vectors=[QUERY, QUERY], ids=[10, 11], wait=True)
    client.delete(NAME, points_selector=models.FilterSelector(filter=models.Filter(must=[field("a", 1)])))
    page, _ = client.scroll(NAME, limit=100)
    check(ids(page), [1, 2, 3, 4, 5, 8, 9, 10, 11])


def kinds():
    client.delete_collection("media")
    client.create_collection(
        "media",
        vectors_config={
            "image": models.VectorParams(size=2, distance=models.Distance.EUCLID),
            "tokens": models.VectorParams(
                size=2,
                distance=models.Distance.DOT,
                multivector_config=models.MultiVectorConfig(comparator=models.MultiVectorComparator.MAX_SIM),
            ),
        },
        sparse_vectors_config={"words": models.SparseVectorParams()},
    )
    words = models.SparseVector(indices=[7, 3], values=[0.5, 2])
    vector = {"image": [0, 0], "words": words, "tokens": [[1, 0], [0, 1]]}
    client.upsert("media", points=[models.PointStruct(id=1, vector=vector)])
    query = models.SparseVector(indices=[3], values=[1])
    check(client.query_points("media", query=query, using="words").points[0].score, 2)
    check(client.query_points("media", query=[[1, 0], [0, 2]], using="tokens").points[0].score, 3)
    check(client.retrieve("media", ids=[1], with_vectors=["words"])[0].vector["words"].indices, [3, 7])


def samples():
    """Qdrant's documentation of points, as written but for the connection, and for words that the client has renamed."""
    name = "{collection_name}"
    client.create_collection(name, vectors_config=models.VectorParams(size=3, distance=models.Distance.COSINE))
    payloads = lambda: {each.id: each.payload for each in client.scroll(name, limit=100)[0]}
    red = models.Filter(
        must=[
            models.FieldCondition(
                key="color",
                match=models.MatchValue(value="red"),
            ),
        ],
    )
    client.upsert(
        collection_name="{collection_name}",
        points=[
            models.PointStruct(
                id="5c56c793-69f3-4fbf-87e6-c4bf54c28c26",
                payload={
                    "color": "red",
                },
                vector=[0.9, 0.1, 0.1],
            ),
        ],
    )
    client.upsert(
        collection_name="{collection_name}",
        points=models.Batch(
            ids=[1, 2, 3],
            payloads=[
                {"color": "red"},
                {"color": "green"},
                {"color": "blue"},
            ],
            vectors=[
                [0.9, 0.1, 0.1],
                [0.1, 0.9, 0.1],
                [0.1, 0.1, 0.9],
            ],
        ),
    )
    check(len(payloads()), 4)
    client.upsert(name, points=[models.PointStruct(id=id, vector=[1, 1, 1]) for id in (0, 10, 100)])
    properties = {"property1": "string", "property2": "string"}
    client.set_payload(
        collection_name="{collection_name}",
        payload={
            "property1": "string",
            "property2": "string",
        },
        points=[0, 3, 10],
    )
    check(payloads()[3], {"color": "blue", **properties})
    client.set_payload(collection_name="{collection_name}", payload=properties, points=red)
    check(payloads()[1], {"color": "red", **properties})
    client.delete_payload(
        collection_name="{collection_name}",
        keys=["property1", "property2"],
        points=[0, 3, 100],
    )
    check(payloads()[3], {"color": "blue"})
    client.delete_payload(collection_name="{collection_name}", keys=["property1", "property2"], points=red)
    check(payloads()[1], {"color": "red"})
    check(
        ids(
            client.retrieve(
                collection_name="{collection_name}",
                ids=[0, 3, 10],
            )
        ),
        [0, 3, 10],
    )
    page, offset = client.scroll(
        collection_name="{collection_name}",
        scroll_filter=red,
        limit=1,
        with_payload=True,
        with_vectors=False,
    )
    check((ids(page), offset), ([1], "5c56c793-69f3-4fbf-87e6-c4bf54c28c26"))
    check(
        client.count(
            collection_name="{collection_name}",
            count_filter=red,
            exact=True,
        ).count,
        2,
    )
    client.clear_payload(
        collection_name="{collection_name}",
        points_selector=models.PointIdsList(
            points=[0, 3, 100],
        ),
    )
    check(payloads()[3], {})
    client.delete_vectors(
        collection_name="{collection_name}",
        points=models.PointIdsList(  # once `points_selector`
            points=[0, 3, 100],
        ),
        vectors=[""],
    )
    client.delete(
        collection_name="{collection_name}",
        points_selector=models.PointIdsList(
            points=[0, 3, 100],
        ),
    )
    client.delete(
        collection_name="{collection_name}",
        points_selector=models.FilterSelector(filter=red),
    )
    check(list(payloads()), [2, 10])


def named_samples():
    """The documents' samples of named vectors."""
    client.recreate_collection(
        "{collection_name}",
        vectors_config={
            "image": models.VectorParams(size=4, distance=models.Distance.DOT),
            "text": models.VectorParams(size=8, distance=models.Distance.DOT),
        },
    )
    vectors = lambda id: client.retrieve("{collection_name}", ids=[id], with_vectors=True)[0].vector
    client.upsert(
        collection_name="{collection_name}",
        points=[
            models.PointStruct(
                id=1,
                vector={
                    "image": [0.9, 0.1, 0.1, 0.2],
                    "text": [0.4, 0.7, 0.1, 0.8, 0.1, 0.1, 0.9, 0.2],
                },
            ),
            models.PointStruct(
                id=2,
                vector={
                    "image": [0.2, 0.1, 0.3, 0.9],
                    "text": [0.5, 0.2, 0.7, 0.4, 0.7, 0.2, 0.3, 0.9],
                },
            ),
        ],
    )
    client.update_vectors(
        collection_name="{collection_name}",
        points=[
            models.PointVectors(  # once `PointStruct`
                id=1,
                vector={
                    "image": [0.1, 0.2, 0.3, 0.4],
                },
            ),
            models.PointVectors(  # once `PointStruct`
                id=2,
                vector={
                    "text": [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2],
                },
            ),
        ],
    )
    check(vectors(1), {"image": [0.1, 0.2, 0.3, 0.4], "text": [0.4, 0.7, 0.1, 0.8, 0.1, 0.1, 0.9, 0.2]})
    check(vectors(2), {"image": [0.2, 0.1, 0.3, 0.9], "text": [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]})
    points = [models.PointStruct(id=id, vector={"image": [1, 1, 1, 1]}) for id in (0, 3, 100)]
    client.upsert("{collection_name}", points=points)
    client.delete_vectors(
        collection_name="{collection_name}",
        points=models.PointIdsList(  # once `points_selector`
            points=[0, 3, 100],
        ),
        vectors=["text", "image"],
    )
    check((vectors(0), sorted(vectors(1))), ({}, ["image", "text"]))


for part in (collections, reading, searching, fields, writing, kinds, samples, named_samples):
    part()
    print(part.__name__)
