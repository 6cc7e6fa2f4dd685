"""Work items: opened once, taken by one, closed once."""

from datetime import timedelta

import pytest

from promesa.access.models import User
from promesa.core.actors import Actor
from promesa.core.models import Event, Parameter
from promesa.work import operations, queries
from promesa.work.models import WorkItem
from promesa.work.rules import WorkDraft, due_after

pytestmark = pytest.mark.django_db
BY = Actor("user:1")


def draft(**kwargs):
    given = {
        "kind": "hold", "subject": "order:1", "key": "hold:1", "role": "finance", "code": "work_kind_hold",
    }  # fmt: skip
    return WorkDraft(**{**given, **kwargs})


def test_an_item_is_due_by_the_standard_of_its_kind(at):
    operations.open_items(items=[draft()], by=BY, at=at)
    item = WorkItem.objects.get()
    assert (item.due_at, item.state, item.role) == (at + timedelta(minutes=120), "open", "finance")
    assert list(Event.objects.values_list("kind", "subject_kind", "subject_id")) == [
        ("WorkOpened", "work_item", item.pk)
    ]


def test_a_parameter_of_the_company_overrides_the_standard(at):
    Parameter.objects.create(code="work.standard_minutes", value={"hold": 5}, valid_from=at.date(), changed_by="user:1")
    operations.open_items(items=[draft(), draft(kind="document", key="d", subject="document:1")], by=BY, at=at)
    assert [(i.kind, i.due_at - at) for i in queries.queue()] == [
        ("hold", timedelta(minutes=5)),
        ("document", timedelta(minutes=60)),
    ]


def test_opening_the_same_key_again_does_nothing(at):
    first = operations.open_items(items=[draft(), draft()], by=BY, at=at)
    again = operations.open_items(items=[draft(params={"x": 1})], by=BY, at=at)
    assert (len(first), again, WorkItem.objects.count(), Event.objects.count()) == (1, [], 1, 1)


def test_a_closed_key_may_be_opened_anew(at):
    operations.open_items(items=[draft()], by=BY, at=at)
    assert operations.close_items(keys=["hold:1"], by=BY, at=at) == 1
    assert operations.close_items(keys=["hold:1"], by=BY, at=at) == 0
    assert len(operations.open_items(items=[draft()], by=BY, at=at)) == 1
    assert sorted(WorkItem.objects.values_list("state", flat=True)) == ["done", "open"]


def test_items_of_a_subject_are_closed_by_kind(at):
    operations.open_items(items=[draft(), draft(kind="shortage", key="s:1")], by=BY, at=at)
    assert operations.close_items(subject="order:1", kinds=["shortage"], state="dropped", by=BY, at=at) == 1
    assert sorted(WorkItem.objects.values_list("kind", "state")) == [("hold", "open"), ("shortage", "dropped")]


def test_an_item_belongs_to_the_first_who_takes_it(at):
    one, two = User.objects.create_user("a"), User.objects.create_user("b")
    (item,) = operations.open_items(items=[draft()], by=BY, at=at)
    operations.take(item_id=item, user_id=one.pk, by=BY, at=at)
    operations.take(item_id=item, user_id=one.pk, by=BY, at=at)
    with pytest.raises(operations.WorkAlreadyTaken):
        operations.take(item_id=item, user_id=two.pk, by=BY, at=at)
    assert WorkItem.objects.get().owner_id == one.pk
    assert [i.pk for i in queries.queue(owner_id=one.pk)] == [item]
    assert Event.objects.filter(kind="WorkTaken").count() == 1


def test_a_closed_item_is_neither_taken_nor_closed_again(at):
    user = User.objects.create_user("a")
    (item,) = operations.open_items(items=[draft()], by=BY, at=at)
    operations.finish(item_id=item, by=BY, at=at)
    before = Event.objects.count()
    with pytest.raises(operations.WorkNotOpen):
        operations.take(item_id=item, user_id=user.pk, by=BY, at=at)
    with pytest.raises(operations.WorkNotOpen):
        operations.finish(item_id=item, state="dropped", by=BY, at=at)
    assert (WorkItem.objects.get().state, WorkItem.objects.get().owner_id, Event.objects.count()) == (
        "done",
        None,
        before,
    )


def test_counts_tell_what_is_overdue(at):
    operations.open_items(items=[draft(), draft(key="hold:2", due_at=at - timedelta(minutes=1))], by=BY, at=at)
    assert queries.counts(at=at) == [queries.QueueCount(role="finance", kind="hold", open=2, overdue=1)]
    assert queries.counts(at=at, role="sales") == []


def test_a_kind_without_standard_is_due_within_a_working_day(at):
    assert due_after("unheard_of", at) == at + timedelta(hours=8)
