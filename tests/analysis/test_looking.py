import dataclasses

import numpy as np
import pandas as pd
import pytest

from rca_lib.analysis.looking import looking_effort

WHEN = pd.Timestamp("2024-01-01", tz="UTC") + pd.Timedelta(weeks=52)


@pytest.fixture
def looked_at(planted):
    """An outcome of which 5 % are drawn at random and a share is picked, which may grow; the work may get worse."""

    def make(seed, *, more=1.0, odds=1.0):
        outcome, requests = planted(seed, requests=20_000, cause={}, week=52, odds=odds)
        random = np.random.default_rng(seed)
        late = (outcome.frame["at"] >= WHEN).to_numpy()
        drawn = random.random(len(late)) < 0.1
        picked = ~drawn & (random.random(len(late)) < np.where(late, 0.1 * more, 0.1))
        frame = outcome.frame.assign(arm=np.where(drawn, "random", np.where(picked, "targeted", "no")))
        every = frame[frame["arm"] != "no"]
        found = dataclasses.replace(outcome, frame=every[every["arm"] == "random"], all_arms=every, sampled=True)
        return looking_effort(found, requests["received_at"], WHEN)

    return make


def test_more_looking_finds_more_without_the_work_getting_worse(looked_at):
    looking = looked_at(1, more=4.0)
    assert looking.found_by_looking
    assert looking.looked.low > 1
    assert looking.found.low > 1
    assert looking.rate.low < 1 < looking.rate.high


def test_worse_work_is_not_put_down_to_looking(looked_at):
    assert not looked_at(2, odds=3.0).found_by_looking
    assert not looked_at(3).found_by_looking
    assert not looked_at(4, more=4.0, odds=4.0).found_by_looking


def test_where_everything_is_looked_at_there_is_nothing_to_compare(planted):
    outcome, requests = planted(5)
    assert looking_effort(outcome, requests["received_at"], WHEN) is None
