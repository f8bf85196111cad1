from notifications.kinds.reminder import chunk_of, chunks


def test_chunks_hold_everyone_once() -> None:
    people = list(range(101))
    parts = [chunk_of(people, number) for number in range(chunks(len(people)))]
    assert [len(part) for part in parts] == [60, 41]
    assert [one for part in parts for one in part] == people
    assert chunks(0) == 0
