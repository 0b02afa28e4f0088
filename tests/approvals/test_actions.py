import pytest
from sqlalchemy import select

from rockrobot import ledger, undo
from rockrobot.approvals import queries
from rockrobot.approvals.actions import ApprovalError, approve, fill_samples, save_text, set_picture
from rockrobot.approvals.rules import SAMPLE_TEXTS, ApprovalFault
from rockrobot.case_letters.queries import letter_faults
from rockrobot.case_letters.rules import LettersFault
from rockrobot.chain import LedgerEntry
from rockrobot.contacts.models import Company
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.devices.rules import PictureKind
from rockrobot.notices.actions import change_heading, check_heading, ensure_headings
from rockrobot.notices.rules import Element
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
