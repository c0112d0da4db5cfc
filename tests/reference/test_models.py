"""Rows 18, 19, 21, 22 and 31: models, an outbreak, a paradox and a list of p-values with published answers."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rca_lib.analysis.attributable import attributable_fraction
from rca_lib.analysis.intervals import odds_ratio, rate_ratio
from rca_lib.analysis.segments import benjamini_hochberg, fisher_exact

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "reference"

CHALLENGER = (
    # Temperature (F) and O-rings in distress out of six: Dalal, Fowlkes and Hoadley, JASA 1989;84:945-957.
    (53, 2), (57, 1), (58, 1), (63, 1), (66, 0), (67, 0), (67, 0), (67, 0), (68, 0), (69, 0), (70, 0), (70, 0), (70, 1),
    (70, 1), (72, 0), (73, 0), (75, 0), (75, 2), (76, 0), (76, 0), (78, 0), (79, 0), (81, 0),
)  # fmt: skip

BERKELEY = (
    # Admitted and rejected men, admitted and rejected women, by department: Bickel et al., Science 1975;187:398-404.
    (512, 313, 89, 19), (353, 207, 17, 8), (120, 205, 202, 391), (138, 279, 131, 244), (53, 138, 94, 299), (22, 351, 24, 317),
)  # fmt: skip

BH_1995 = (
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
)  # fmt: skip


def read(name):
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the project")
    return pd.read_csv(path)


def challenger(response):
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    temperature = np.array([flight[0] for flight in CHALLENGER], float)
    design = np.column_stack([np.ones_like(temperature), temperature])
    return GLM(response, design, family=Binomial()).fit()


def test_row_18_challenger_by_ring():
    hits = np.array([flight[1] for flight in CHALLENGER], float)
    fitted = challenger(np.column_stack([hits, 6 - hits]))
    assert fitted.params.round(4).tolist() == [5.085, -0.1156]
    assert fitted.bse.round(3).tolist() == [3.052, 0.047]
    assert round(fitted.deviance, 3) == 18.086
    assert fitted.df_resid == 21
    assert round(float(fitted.predict([[1.0, 31.0]])[0]), 3) == 0.818


def test_row_18_challenger_by_flight():
    fitted = challenger(np.array([float(flight[1] > 0) for flight in CHALLENGER]))
    assert fitted.params.round(4).tolist() == [15.0429, -0.2322]
    assert round(float(fitted.predict([[1.0, 31.0]])[0]), 4) == 0.9996


@pytest.mark.real
def test_row_19_ohio_wheeze_by_gee():
    from statsmodels.genmod.cov_struct import Exchangeable
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_estimating_equations import GEE

    table = read("ohio.csv")
    design = np.column_stack([np.ones(len(table)), table["age"], table["smoke"], table["age"] * table["smoke"]])
    model = GEE(table["resp"], design, groups=table["id"], family=Binomial(), cov_struct=Exchangeable())
    fitted = model.fit()
    assert np.asarray(fitted.params).round(4).tolist() == [-1.9005, -0.1412, 0.3138, 0.0708]
    assert round(float(model.cov_struct.dep_params), 3) == 0.354


@pytest.mark.real
def test_row_21_oswego_finds_the_vehicle_among_fourteen_foods():
    table = read("oswego.csv")
    ill = (table["ill"] == "Y").to_numpy()
    foods = list(table.columns[table.columns.get_loc("baked.ham") :])
    assert len(foods) == 14
    assert (int(ill.sum()), len(ill)) == (46, 75)

    def counts(food):
        ate = (table[food] == "Y").to_numpy()
        not_ate = (table[food] == "N").to_numpy()
        return (ill & ate).sum(), ate.sum(), (ill & not_ate).sum(), not_ate.sum()

    vanilla = counts("vanilla.ice.cream")
    assert vanilla == (43, 54, 3, 21)
    risk, odds = rate_ratio(*vanilla), odds_ratio(*vanilla)
    assert (round(risk.value, 2), round(risk.low, 2), round(risk.high, 2)) == (5.57, 1.94, 16.03)
    assert round(odds.value, 2) == 23.45
    assert f"{fisher_exact(*vanilla):.1e}" == "2.6e-07"
    assert round(attributable_fraction(*vanilla).value, 3) == 0.767
    assert round(rate_ratio(*counts("chocolate.ice.cream")).value, 2) == 0.72
    adjusted = benjamini_hochberg([fisher_exact(*counts(food)) for food in foods])
    assert [food for food, p in zip(foods, adjusted, strict=True) if p < 0.05] == ["vanilla.ice.cream"]


def test_row_22_berkeley_admissions():
    from statsmodels.stats.contingency_tables import StratifiedTable

    men, women = (np.array([row[i : i + 2] for row in BERKELEY]).sum(axis=0) for i in (0, 2))
    assert (round(men[0] / men.sum(), 3), round(women[0] / women.sum(), 3)) == (0.445, 0.304)
    assert round(odds_ratio(men[0], men.sum(), women[0], women.sum()).value, 3) == 1.841
    table = StratifiedTable([np.array([row[:2], row[2:]], float) for row in BERKELEY])
    assert round(table.oddsratio_pooled, 7) == 0.9046968
    low, high = table.oddsratio_pooled_confint()
    assert (round(low, 4), round(high, 4)) == (0.7719, 1.0603)
    pooled = table.test_null_odds(correction=True)
    assert (round(pooled.statistic, 4), round(pooled.pvalue, 3)) == (1.4269, 0.232)
    equal = table.test_equal_odds()
    assert (round(equal.statistic, 2), round(equal.pvalue, 4)) == (18.83, 0.0021)


def test_row_31_benjamini_and_hochberg():
    adjusted = benjamini_hochberg(BH_1995)
    assert (adjusted <= 0.05).sum() == 4
    assert (np.array(BH_1995) * len(BH_1995) <= 0.05).sum() == 3
    assert round(float(adjusted[3]), 4) == 0.0356
