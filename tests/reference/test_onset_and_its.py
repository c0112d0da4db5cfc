"""Published values of interrupted time series and change points (rows 13 and 14 of the methods brief)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import special

from rca_lib.analysis.breakpoints import least_squares_breaks, ols_cusum, sup_f
from rca_lib.analysis.interrupted_series import interrupted_series
from rca_lib.analysis.segmented import fit_segmented, harmonics

REFERENCE = Path(__file__).parents[2].parent / "shared" / "data" / "reference"


@pytest.fixture(scope="module")
def sicily():
    """Monthly admissions for acute coronary events before and after the smoking ban, Lopez Bernal et al. 2017."""
    path = REFERENCE / "sicily.csv"
    if not path.exists():
        pytest.skip("the reference data are not here")
    return pd.read_csv(path)


@pytest.fixture(scope="module")
def nile():
    import statsmodels.api as sm

    return sm.datasets.nile.load_pandas().data["volume"].to_numpy(float)


def ratio(fit, column):
    value, error = fit.combination(np.eye(len(fit.coefficients))[column])
    reach = 1.959964 * error
    return tuple(round(float(np.exp(end)), 3) for end in (value, value - reach, value + reach))


def sicily_fit(table, *more, scale="pearson"):
    design = np.column_stack([np.ones(len(table)), table["smokban"], table["time"], *more]).astype(float)
    return fit_segmented(table["aces"], table["stdpop"], design, errors="independent", quantile="normal", scale=scale)


@pytest.mark.real
def test_row_13_sicily_poisson_and_quasi_poisson(sicily):
    assert ratio(sicily_fit(sicily, scale="one"), 1) == (0.894, 0.865, 0.925)
    quasi = sicily_fit(sicily)
    assert ratio(quasi, 1) == (0.894, 0.839, 0.953)
    assert round(quasi.dispersion, 3) == 3.559


@pytest.mark.real
def test_row_13_sicily_with_season_and_slope(sicily):
    season = harmonics(sicily["month"] / 12, 2)
    fit = sicily_fit(sicily, season)
    assert ratio(fit, 1) == (0.885, 0.839, 0.933)
    assert round(fit.dispersion, 3) == 2.262
    assert round(100 * (np.exp(12 * fit.coefficients[2]) - 1), 1) == 6.7
    sloped = sicily_fit(sicily, season, sicily["smokban"] * (sicily["time"] - 36))
    value, error = sloped.combination(np.eye(8)[7])
    assert round(np.exp(value), 4) == 1.0015
    assert [round(float(np.exp(value + sign * 1.959964 * error)), 4) for sign in (-1, 1)] == [0.9978, 1.0051]
    assert round(2 * float(special.ndtr(-abs(value) / error)), 2) == 0.42


@pytest.mark.real
def test_row_13_sicily_the_crude_rate_rose_and_the_step_is_down(sicily):
    crude = (1e5 * sicily["aces"] / sicily["stdpop"]).groupby(sicily["smokban"]).mean()
    assert crude.round(1).tolist() == [213.3, 220.5]
    start = pd.to_datetime({"year": sicily["year"], "month": sicily["month"], "day": 1}).dt.tz_localize("UTC")
    table = pd.DataFrame({"start": start, "end": start + pd.DateOffset(months=1), "n": sicily["stdpop"]})
    table["failed"] = sicily["aces"]
    found = interrupted_series(
        table, at=pd.Timestamp("2005-01-01", tz="UTC"), season=2, errors="independent", quantile="normal"
    )
    # Middles of calendar months stand for the months' numbers, which moves the third digit by at most one.
    assert [found.effect.value, found.effect.low, found.effect.high] == pytest.approx([0.885, 0.839, 0.933], abs=1.5e-3)
    careful = interrupted_series(table, at=pd.Timestamp("2005-01-01", tz="UTC"))
    assert careful.pairs == 2
    assert careful.effect.high < 1
    assert careful.added.high < 0


def test_row_14_nile_breaks_once_in_1898(nile):
    found = least_squares_breaks(nile, most=5, shortest=0.15)
    assert found.best == 1
    assert found.positions[1] == (28,)
    assert 1870 + found.positions[1][0] == 1898
    assert [round(rss) for rss in found.rss[:2]] == [2835157, 1597457]
    assert [round(bic) for bic in found.bic] == [1318, 1270, 1276, 1285, 1292, 1311]
    assert [round(mean, 2) for mean in found.means] == [1097.75, 849.97]


def test_row_14_nile_sup_f(nile):
    statistic, position, p_value = sup_f(nile)
    assert round(statistic, 2) == 75.93
    assert position == 28
    # R prints 2.22e-16, the step between doubles below 1: its p-value is 1 minus a distribution function. Only the order
    # of magnitude can be compared.
    assert 1e-17 < p_value < 1e-15


def test_row_14_nile_ols_cusum(nile):
    statistic, p_value = ols_cusum(nile)
    assert round(statistic, 4) == 2.9518
    assert f"{p_value:.3e}" == "5.409e-08"
