import pytest

from rockrobot.case_letters.actions import LettersRefusedError, check_letters, write_letters
from rockrobot.case_letters.queries import studio_of
from rockrobot.db import db
from rockrobot.devices.actions import set_model_picture
from rockrobot.devices.models import DeviceModel
from rockrobot.devices.rules import PictureKind
from rockrobot.letters.models import Letter, LetterKind
from rockrobot.recipients.queries import recipients_of, units_with
from tests import make
from tests.recalls import cases


def test_a_picture_changed_after_the_letters_were_checked_is_in_none_of_them(database):
    cases.house()
    batch, model = make.batch(), cases.pictured_model()
    cases.sold_machine(batch, model=model)
    case = cases.approved(cases.worded(cases.opened(batch)))
    check_letters(case)
    units = units_with(case.id)

    set_model_picture(db.session.get_one(DeviceModel, model.id), PictureKind.PLATE, cases.drawn("red"))
    with pytest.raises(LettersRefusedError, match="not_approved"):
        write_letters(studio_of(case, units), [(one, LetterKind.FIRST) for one in recipients_of(units)])

    assert db.session.scalars(db.select(Letter)).all() == []
