import pytest
from sqlalchemy import select

from rockrobot import ledger, undo
from rockrobot.approvals import queries
from rockrobot.approvals.actions import ApprovalError, approve, fill_samples, save_facts, save_text, set_picture
from rockrobot.approvals.rules import SAMPLE_TEXTS, ApprovalFault
from rockrobot.case_letters.queries import letter_faults
from rockrobot.case_letters.rules import LettersFault
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.contacts.models import Company
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.devices.actions import add_model, change_model, set_model_picture
from rockrobot.devices.models import DeviceModel
from rockrobot.devices.rules import PictureKind
from rockrobot.notices.actions import change_heading, check_heading, ensure_headings
from rockrobot.notices.rules import Element
from rockrobot.organisation.actions import change_organisation
from rockrobot.recalls.models import CasePicture
from rockrobot.recalls.rules import CaseState
from rockrobot.scopes.actions import freeze_scope
from tests import make
from tests.recalls import cases

ALL = dict.fromkeys(Language, "Esa Esimies")


def ready(**rest):
    batch = make.batch()
    cases.sold_machine(batch, model=cases.pictured_model(), **rest)
    case = cases.worded(cases.opened(batch), Language.FI, Language.SV)
    freeze_scope(case)
    return case


def fault_of(case, *, by="second", **rest):
    with ledger.change_set("approve", actor=by), pytest.raises(ApprovalError) as error:
        approve(case, **({"confirmed": ALL} | rest))
    return error.value.fault


def test_a_second_person_approves(database):
    case = ready()

    with ledger.change_set("approve", actor="second"):
        approval = approve(case, confirmed=ALL)

    assert case.state is CaseState.APPROVED
    assert approval.text_versions == {"fi": 1, "sv": 1}
    assert approval.confirmed_headings == {"fi": "Esa Esimies", "sv": "Esa Esimies"}
    assert queries.standing_approval(case) is approval


def test_who_opened_or_froze_may_not_approve(database):
    case = ready()

    assert fault_of(case, by="test") is ApprovalFault.SECOND_PERSON


def test_a_firm_of_one_approves_its_own_case_with_a_reason(database):
    case = ready()
    cases.house(may_approve_own_cases=True)

    without = fault_of(case, by="test")
    approval = approve(case, confirmed=ALL, own_reason="Olen ainoa")

    assert without is ApprovalFault.OWN_REASON
    assert approval.own_approval_reason == "Olen ainoa"


def test_an_unchecked_heading_is_confirmed_by_name(database):
    case = ready()

    assert fault_of(case, confirmed={}) is ApprovalFault.HEADING_UNCONFIRMED


def test_a_missing_element_is_named(database):
    case = ready(language="sv")
    save_text(case, Language.SV, {"hazard": "säkerhetsbrist"})

    assert fault_of(case) is ApprovalFault.MISSING_ELEMENTS
    assert queries.readiness_of(case).missing == {Language.SV: [Element.HAZARD]}


def test_a_model_without_picture_stops_approval(database):
    batch = make.batch()
    cases.sold_machine(batch, model=make.device_model("RR-9"))
    case = cases.worded(cases.opened(batch))
    freeze_scope(case)

    assert fault_of(case) is ApprovalFault.MISSING_ELEMENTS
    assert queries.readiness_of(case).without_picture == ["RR-9"]


def test_words_that_play_the_risk_down_need_a_written_reason(database):
    case = ready()
    text = save_text(case, Language.FI, {"instructions": "Vapaaehtoinen tarkastus riittää."})

    hits = queries.hits_in(text)
    save_text(case, Language.FI, {"linter_override": "Sitaatti viranomaisen lomakkeesta"})

    assert [hit.words for hit in hits["instructions"]] == ["Vapaaehtoinen"]
    assert queries.readiness_of(case).missing == {}


def test_a_changed_text_wants_approval_again(database):
    case = cases.approved(cases.worded(cases.opened(_batch())))

    save_text(case, Language.FI, {"subject": "Toinen otsikko"})

    assert case.state is CaseState.SCOPED
    assert queries.standing_approval(case) is None


def test_a_changed_heading_wants_approval_again_where_it_was_approved_until_it_is_as_it_was(database):
    case = cases.approved(cases.worded(cases.opened(_batch()), Language.FI, Language.SV))
    approval, heads = queries.standing_approval(case), ensure_headings()
    words = heads[Language.SV].words

    change_heading(heads[Language.DA], words="Tilbagekaldelse", source="")
    check_heading(heads[Language.SV], name="Esa Esimies", on=cases.DAY)
    db.session.flush()
    untouched = queries.standing_approval(case)
    change_heading(heads[Language.SV], words="Återkallelse", source="")
    db.session.flush()
    changed, faults = queries.standing_approval(case), letter_faults(case)
    change_heading(heads[Language.SV], words=words, source="")
    db.session.flush()

    assert approval is not None
    assert untouched is approval
    assert changed is None
    assert LettersFault.NOT_APPROVED in faults
    assert queries.standing_approval(case) is approval


def test_a_text_that_went_back_from_the_history_wants_approval_again(database):
    case = cases.worded(cases.opened(_batch()))
    with ledger.change_set("approvals.text"):
        save_text(case, Language.FI, {"hazard": "Tiiviste pettää ja kuumaa öljyä suihkuaa käyttäjän päälle."})
        db.session.commit()
    cases.approved(case)
    changed = select(LedgerEntry.id).where(LedgerEntry.table_name == "case_texts", LedgerEntry.action == "update")

    undo.put_back(db.session.scalars(changed).one(), "hazard")
    db.session.refresh(queries.text_of(case.id, Language.FI))

    assert queries.standing_approval(case) is None


def _batch():
    batch = make.batch()
    cases.sold_machine(batch, model=cases.pictured_model())
    return batch


def test_a_new_scope_wants_approval_again(database):
    batch = _batch()
    case = cases.approved(cases.worded(cases.opened(batch)))
    cases.sold_machine(batch, model=db.session.scalars(db.select(cases.DeviceModel)).first())

    freeze_scope(case, "uusi kone löytyi")

    assert case.state is CaseState.SCOPED
    assert queries.standing_approval(case) is None


def test_only_a_drill_is_filled_from_samples(database):
    with pytest.raises(ValueError, match="drill"):
        fill_samples(cases.opened(make.batch()))


def test_a_picture_of_the_case_stands_in_for_models_without_one(database):
    batch = make.batch()
    cases.sold_machine(batch, model=make.device_model("RR-9", "Kivirobotti 9"))
    case = cases.worded(cases.opened(batch))
    freeze_scope(case)

    for kind in PictureKind:
        set_picture(case, kind, b"\x89PNG")

    assert queries.readiness_of(case).missing == {}
    assert queries.readiness_of(case).without_picture == []


def test_an_approval_does_not_cover_a_language_that_came_later(database):
    cases.house()
    case = ready()
    with ledger.change_set("approve", actor="second"):
        approve(case, confirmed=ALL)
    before = letter_faults(case)

    owner = db.session.scalars(db.select(Company)).one()
    owner.language = "da"
    save_text(case, Language.DA, SAMPLE_TEXTS[Language.DA]._asdict())
    db.session.commit()

    assert before == []
    assert letter_faults(case) == [LettersFault.NOT_APPROVED]
    with ledger.change_set("approve", actor="second"):
        approve(case, confirmed=ALL)
    assert letter_faults(case) == []


# ---------- what the letters show beside their texts ----------

BLUE, RED = b"\x89PNG blue", b"\x89PNG red"


def standing_after(case, change):
    """The approval before, after a change, and after what was changed is as it was."""
    approval = queries.standing_approval(case)
    back = change()
    db.session.flush()
    changed, faults = queries.standing_approval(case), letter_faults(case)
    back()
    db.session.flush()
    return [approval is not None, changed, LettersFault.NOT_APPROVED in faults, queries.standing_approval(case)]


def set_to(row, name, value):
    """A change of a row, and the way back."""

    def change():
        before = getattr(row, name)
        setattr(row, name, value)
        return lambda: setattr(row, name, before)

    return change


def test_another_picture_of_a_model_wants_approval_again_until_it_is_as_it_was(database):
    batch = _batch()
    model, other = db.session.scalars(db.select(DeviceModel)).one(), make.device_model("RR-9")
    set_model_picture(model, PictureKind.PLATE, BLUE)
    case = cases.approved(cases.worded(cases.opened(batch)))
    approval = queries.standing_approval(case)

    def change():
        set_model_picture(model, PictureKind.PLATE, RED)
        return lambda: set_model_picture(model, PictureKind.PLATE, BLUE)

    set_model_picture(other, PictureKind.PLATE, RED)

    assert queries.standing_approval(case) is approval
    assert standing_after(case, change) == [True, None, True, approval]


@pytest.mark.parametrize("name", ["name", "postal_street", "phone", "email", "contact_person"])
def test_another_sender_wants_approval_again_until_it_is_as_it_was(database, name):
    house = cases.house()
    case = cases.approved(cases.worded(cases.opened(_batch())))
    approval = queries.standing_approval(case)

    house.duplex_letters = True
    house.visiting_street = "Ei kirjeessä 1"
    db.session.flush()

    assert standing_after(case, set_to(house, name, "Toinen")) == [True, None, True, approval]


def test_another_plate_place_wants_approval_again_where_a_letter_prints_it(database):
    batch = _batch()
    model = db.session.scalars(db.select(DeviceModel)).one()
    model.plate_place = "Rungossa oikealla."
    own_words = cases.approved(cases.worded(cases.opened(batch)))
    of_the_card = cases.worded(cases.opened(batch))
    save_text(of_the_card, Language.FI, {"plate_text": ""})
    cases.approved(of_the_card)
    approval = queries.standing_approval(of_the_card)

    told = standing_after(of_the_card, set_to(model, "plate_place", "Puomissa vasemmalla."))
    model.plate_place = "Puomissa vasemmalla."
    db.session.flush()

    assert told == [True, None, True, approval]
    assert queries.standing_approval(own_words) is not None


def test_a_picture_or_fact_of_the_case_wants_approval_again_whoever_counted_the_texts(database):
    case = cases.worded(cases.opened(_batch()))
    set_picture(case, PictureKind.PLATE, BLUE)
    approval = queries.standing_approval(cases.approved(case))
    picture = db.session.scalars(db.select(CasePicture)).one()

    assert standing_after(case, set_to(picture, "sha256", "1" * 64)) == [True, None, True, approval]
    assert standing_after(case, set_to(case, "service_phone", "0800 666")) == [True, None, True, approval]


def test_an_approval_from_before_pictures_and_senders_were_approved_along_ends(database):
    case = cases.approved(cases.worded(cases.opened(_batch())))
    approval = queries.standing_approval(case)

    approval.digests = {code: digest for code, digest in approval.digests.items() if code == "fi"}
    db.session.flush()

    assert queries.standing_approval(case) is None


def test_what_an_approver_reads_includes_pictures_and_the_sender(database):
    house, case = cases.house(), ready()
    model = db.session.scalars(db.select(DeviceModel)).one()
    seen = [queries.readiness_of(case).digest]

    set_model_picture(model, PictureKind.PLATE, RED)
    seen.append(queries.readiness_of(case).digest)
    house.phone = "0800 2"
    seen.append(queries.readiness_of(case).digest)

    assert len(set(seen)) == 3
    assert fault_of(case, seen=seen[1]) is ApprovalFault.CHANGED_SINCE


# ---------- who wrote it ----------


def as_(who, act, *given, event="approvals.text"):
    with ledger.change_set(event, actor=who):
        act(*given)
        db.session.commit()


HAZARD = {"hazard": "Tiiviste pettää ja kuumaa öljyä suihkuaa käyttäjän päälle."}


def test_who_wrote_a_text_may_not_approve_it_and_another_may(database):
    case = ready()
    as_("writer", save_text, case, Language.SV, HAZARD)

    assert fault_of(case, by="writer") is ApprovalFault.WRITER
    assert queries.standing_approval(cases_approve(case)) is not None


def cases_approve(case, by="second"):
    with ledger.change_set("approve", actor=by):
        approve(case, confirmed=ALL)
        db.session.commit()
    return case


def test_who_wrote_what_another_has_written_over_may_approve(database):
    case = ready()
    as_("writer", save_text, case, Language.FI, HAZARD)
    as_("third", save_text, case, Language.FI, {"apology": "Pahoittelemme."})

    assert fault_of(case, by="third") is ApprovalFault.WRITER
    assert queries.standing_approval(cases_approve(case, by="writer")) is not None


def test_who_undid_a_text_and_who_wrote_what_stands_again_may_not_approve(database):
    case = ready()
    as_("writer", save_text, case, Language.FI, HAZARD)
    as_("third", save_text, case, Language.FI, {"apology": "Pahoittelemme."})
    last = select(ChangeSet.id).order_by(ChangeSet.id.desc()).limit(1)
    as_("fourth", undo.undo, db.session.scalars(last).one(), event="desk.undo")
    db.session.expire_all()

    faults = [fault_of(case, by=who) for who in ("writer", "fourth")]

    assert faults == [ApprovalFault.WRITER, ApprovalFault.WRITER]
    assert queries.standing_approval(cases_approve(case, by="third")) is not None


def shared_parts(case):
    """Ways to change what letters show beside a text of their own."""
    model = db.session.scalars(db.select(DeviceModel)).one()
    heading = queries.readiness_of(case).languages[0].heading
    yield save_facts, case, {"service_phone": "0800 666"}
    yield set_picture, case, PictureKind.PLATE, BLUE
    yield set_model_picture, model, PictureKind.PLATE, RED
    yield (lambda: change_heading(ensure_headings()[heading.language], words="Varoitus", source=""),)
    yield (lambda: change_organisation(phone="0800 777"),)


@pytest.mark.parametrize("which", range(5))
def test_who_changed_another_part_may_not_approve_until_somebody_else_writes_the_texts(database, which):
    cases.house()
    case = ready()
    act, *given = list(shared_parts(case))[which]
    as_("writer", act, *given, event="changed")

    before = fault_of(case, by="writer")
    as_("test", save_text, case, Language.FI, {})
    between = fault_of(case, by="writer") if which != 3 else before
    as_("test", save_text, case, Language.SV, {})

    assert (before, between) == (ApprovalFault.WRITER, ApprovalFault.WRITER)
    assert queries.standing_approval(cases_approve(case, by="writer")) is not None


def test_who_set_the_register_up_before_the_case_was_opened_may_approve(database):
    cases.house()
    batch = _batch()
    model = db.session.scalars(db.select(DeviceModel)).one()
    as_("writer", set_model_picture, model, PictureKind.PLATE, RED, event="changed")
    as_("writer", lambda: change_organisation(phone="0800 777"), event="changed")
    case = cases.worded(cases.opened(batch))
    freeze_scope(case)
    db.session.commit()

    assert queries.standing_approval(cases_approve(case, by="writer")) is not None


def test_who_first_says_who_the_firm_is_after_a_case_was_opened_may_not_approve(database):
    case = ready()
    as_("writer", change_organisation, event="changed")

    assert fault_of(case, by="writer") is ApprovalFault.WRITER
    assert queries.standing_approval(cases_approve(case)) is not None


def test_who_brings_a_model_in_with_its_plate_place_after_a_case_was_opened_counts_as_its_writer(database):
    batch = _batch()
    case = cases.worded(cases.opened(batch))
    save_text(case, Language.FI, {"plate_text": ""})
    db.session.commit()
    as_("writer", lambda: cases.sold_machine(batch, model=add_model("RR-8", "", "Rungossa.")), event="added")
    as_("nobody", lambda: cases.sold_machine(batch, model=add_model("RR-9", "", "")), event="added")
    freeze_scope(case)
    db.session.commit()

    assert {"writer", "nobody"} & queries.writers_of(case, [Language.FI]) == {"writer"}


def test_a_plate_place_counts_for_who_changed_it_where_a_letter_prints_it(database):
    case = ready()
    model = db.session.scalars(db.select(DeviceModel)).one()
    as_("writer", lambda: change_model(model, name="KR", plate_place="Puomissa."), event="changed")
    other = queries.writers_of(case, Language)
    as_("test", save_text, case, Language.FI, {"plate_text": ""})
    as_("writer", lambda: change_model(model, name="KR", plate_place="Rungossa."), event="changed")

    assert "writer" not in other
    assert "writer" in queries.writers_of(case, [Language.FI])
    assert "writer" not in queries.writers_of(case, [Language.SV])


def test_who_may_approve_takes_nothing_over_by_saving_what_another_wrote(database):
    case = ready()
    as_("writer", save_text, case, Language.FI, HAZARD)
    version = queries.text_of(case.id, Language.FI).version

    as_("second", save_text, case, Language.FI, {})

    assert queries.text_of(case.id, Language.FI).version == version
    assert queries.standing_approval(cases_approve(case)) is not None


def test_saving_a_text_as_it_is_ends_no_approval(database):
    case = ready()
    as_("writer", save_text, case, Language.FI, HAZARD)
    cases_approve(case)

    as_("test", save_text, case, Language.FI, {})

    assert queries.standing_approval(case) is not None


@pytest.mark.parametrize("first", ["writer", "third"])
def test_a_language_that_came_after_the_approval_is_taken_over_with_the_others(database, first):
    cases.house()
    case = ready()
    for language in (Language.FI, Language.SV):
        as_("writer", save_text, case, language, HAZARD)
        if first == "writer":
            as_("test", save_text, case, language, {})
    cases_approve(case, by=first)
    db.session.scalars(db.select(Company)).one().language = "nb"
    as_("writer", save_text, case, Language.NB, SAMPLE_TEXTS[Language.NB]._asdict())

    before = fault_of(case, by="writer")
    for language in (Language.FI, Language.SV, Language.NB):
        as_("test", save_text, case, language, {})

    assert before is ApprovalFault.WRITER
    assert letter_faults(cases_approve(case, by="writer")) == []


def test_a_firm_of_one_approves_what_it_wrote_with_a_reason(database):
    case = ready()
    as_("writer", save_text, case, Language.FI, HAZARD)
    cases.house(may_approve_own_cases=True)

    without = fault_of(case, by="writer")
    with ledger.change_set("approve", actor="writer"):
        approval = approve(case, confirmed=ALL, own_reason="Olen ainoa")

    assert without is ApprovalFault.OWN_REASON
    assert approval.own_approval_reason == "Olen ainoa"
