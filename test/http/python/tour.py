"""Qdrant's Python client, as it is published, driven through its methods against a server at the given address."""

import sys

import httpx
from qdrant_client import QdrantClient, models
from qdrant_client.http.exceptions import UnexpectedResponse

called = set()


class Noting(QdrantClient):
    """The client, noting what of it is used."""

    def __getattribute__(self, name):
        called.add(name)
        return super().__getattribute__(name)


client = Noting(url=sys.argv[1], check_compatibility=True)
called.clear()
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


def vectors_by_name():
    build()
    params = models.DenseVectorConfig(size=2, distance=models.Distance.DOT)
    config = models.DenseVectorNameConfig(dense=params)
    client.create_vector_name(NAME, vector_name="extra", vector_name_config=config)
    client.update_vectors(NAME, points=[models.PointVectors(id=1, vector={"extra": [3, 4]})])
    check(client.retrieve(NAME, ids=[1], with_vectors=["extra"])[0].vector, {"extra": [3, 4]})
    client.delete_vector_name(NAME, vector_name="extra")
    check(list(client.retrieve(NAME, ids=[1], with_vectors=True)[0].vector or []), CITIES[0][1])


def one_node():
    build()
    check(client.cluster_status().status, "disabled")
    check(client.collection_cluster_info(NAME).shard_count, 1)
    check(client.list_shard_keys(NAME).shard_keys or [], [])
    check(client.get_optimizations(NAME).running, [])
    client.recreate_collection(NAME, vectors_config=models.VectorParams(size=4, distance=models.Distance.DOT))
    check(client.count(NAME).count, 0)


def copying():
    """Everything of the server into the client's own local mode: through the routes that any copy takes."""
    build()
    target = QdrantClient(":memory:")
    client.migrate(target, collection_names=[NAME], batch_size=4)
    read = lambda each: each.scroll(NAME, limit=100, with_vectors=True)[0]
    check([(each.id, each.payload) for each in read(target)], [(each.id, each.payload) for each in read(client)])


def snapshots():
    build()
    for snapshot in client.list_snapshots(NAME):
        client.delete_snapshot(NAME, snapshot.name)
    made = client.create_snapshot(NAME)
    check([each.name for each in client.list_snapshots(NAME)], [made.name])
    check(len(made.checksum), 64)
    client.delete(NAME, points_selector=models.FilterSelector(filter=models.Filter()))
    check(client.count(NAME).count, 0)
    check(client.recover_snapshot(NAME, made.name, checksum=made.checksum, priority=models.SnapshotPriority.SNAPSHOT), True)
    check(client.count(NAME).count, len(CITIES))
    # As the documents download and upload them: by any HTTP client.
    url = f"{sys.argv[1]}/collections/{NAME}/snapshots/{made.name}"
    content = httpx.get(url).content
    check(len(content), made.size)
    answer = httpx.post(
        f"{sys.argv[1]}/collections/copied/snapshots/upload?priority=snapshot", files={"snapshot": (made.name, content)}
    )
    check(answer.json()["result"], True)
    check(client.count("copied").count, len(CITIES))
    client.delete_collection("copied")
    check(client.delete_snapshot(NAME, made.name), True)
    full = client.create_full_snapshot()
    check(full.name in [each.name for each in client.list_full_snapshots()], True)
    check(client.delete_full_snapshot(full.name), True)
    shard = client.create_shard_snapshot(NAME, 0)
    check([each.name for each in client.list_shard_snapshots(NAME, 0)], [shard.name])
    check(client.recover_shard_snapshot(NAME, 0, shard.name), True)
    check(client.delete_shard_snapshot(NAME, 0, shard.name), True)


CLUSTER = "only a cluster can"
MATRIX = "for a release with the whole query API"
# What the server refuses, why, and how it is called.
REFUSED = {
    "cluster_collection_update": (
        CLUSTER,
        lambda: client.cluster_collection_update(
            NAME, models.DropReplicaOperation(drop_replica=models.Replica(shard_id=0, peer_id=1))
        ),
    ),
    "cluster_telemetry": (CLUSTER, lambda: client.cluster_telemetry()),
    "recover_current_peer": (CLUSTER, lambda: client.recover_current_peer()),
    "remove_peer": (CLUSTER, lambda: client.remove_peer(1)),
    "create_shard_key": (CLUSTER, lambda: client.create_shard_key(NAME, "eu")),
    "delete_shard_key": (CLUSTER, lambda: client.delete_shard_key(NAME, "eu")),
    "search_matrix_pairs": (MATRIX, lambda: client.search_matrix_pairs(NAME)),
    "search_matrix_offsets": (MATRIX, lambda: client.search_matrix_offsets(NAME)),
}
# What asks no server for anything.
LOCAL = {
    "close",
    "get_embedding_size",
    "grpc_collections",
    "grpc_points",
    "http",
    "init_options",
    "list_image_models",
    "list_late_interaction_multimodal_models",
    "list_late_interaction_text_models",
    "list_sparse_models",
    "list_text_models",
}


def refused():
    build()
    for name, (reason, call) in REFUSED.items():
        expected = "standalone mode" if reason == CLUSTER else "is not supported yet"
        try:
            call()
        except UnexpectedResponse as error:
            assert expected in str(error), f"{name}: {error}"
        else:
            raise AssertionError(f"{name} was answered")


def complete():
    """Every method of the client is in the tour."""
    names = {name for name in dir(QdrantClient) if name.islower() and not name.startswith("_")}
    check(sorted(names - called - LOCAL), [])
    check(sorted(LOCAL - names), [])


parts = (collections, reading, searching, fields, writing, kinds, vectors_by_name, one_node, copying, snapshots, refused, complete)
for part in parts:
    part()
    print(part.__name__)
