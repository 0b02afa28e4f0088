from rockrobot.db import db
from rockrobot.duplicates import queries
from tests.conftest import ON_ONE_DATABASE
from tests.plans import planned


@ON_ONE_DATABASE
def test_the_menu_of_every_page_looks_its_pairs_up_and_reads_no_register(database):
    with planned(db.engine) as steps:
        queries.count_waiting()

    looked_up = [step for step in steps if step.startswith(("SEARCH people", "SEARCH companies"))]
    assert len(looked_up) >= 4
    assert [step for step in looked_up if "PRIMARY KEY" not in step] == []
