import csv
import io
import os
from pathlib import Path

import pytest

from rca_lib.data.source import Source, open_source

GOOD = {
    "requests": (
        "request_id,received_at,process_type,urgency,due_at,closed_at,outcome,ndo,ndo_expires_at,specialist_id\n"
        "R1,2025-03-03 10:00,subpoena,routine,2025-03-20 10:00,2025-03-05 09:00,full,true,2025-09-01 00:00,P1\n"
        "R2,2025-03-04 11:00,warrant,expedited,2025-03-18 10:00,2025-03-06 10:00,rejected,false,,P1\n"
        "R3,2025-03-05 12:00,subpoena,routine,2025-03-25 10:00,,open,false,,P2\n"
    ),
    "events": (
        "request_id,activity,ts,lifecycle,seq,actor_id\n"
        "R1,intake,2025-03-03 10:00,complete,1,P1\n"
        "R1,clarify,2025-03-03 12:00,pause,2,P1\n"
        "R1,clarify,2025-03-04 12:00,resume,3,P1\n"
        "R1,deliver,2025-03-05 08:00,complete,4,P1\n"
        "R1,notify_user,2025-09-02 08:00,complete,5,P1\n"
        "R2,intake,2025-03-04 11:00,complete,1,P1\n"
        "R2,reject,2025-03-06 10:00,complete,2,P1\n"
        "R3,intake,2025-03-05 12:00,complete,1,P2\n"
        "R3,clarify,2025-03-06 12:00,pause,2,P2\n"
    ),
    "staff": "actor_id,role,team_id\nP1,specialist,T1\nP2,specialist,T1\nP3,quality reviewer,T2\n",
    "assessments": (
        "assessment_id,request_id,assessed_at,assessor_id,rubric_version,sample_arm,inclusion_prob,critical_fail,status\n"
        "A1,R1,2025-03-10 10:00,P3,2024.2,random,0.1,true,final\n"
        "A2,R2,2025-04-10 10:00,P3,2025.1,random,1,false,final\n"
    ),
    "assessment_items": "assessment_id,item_id,result,failure_mode\nA1,C1,fail,OVP\nA1,C2,pass,\nA2,C1,pass,\n",
    "rubric_items": (
        "rubric_version,item_id,severity,weight\n2024.2,C1,critical,1\n2024.2,C2,major,0\n2025.1,C1,critical,1\n"
    ),
    "calibration_ratings": "unit_id,rater_id,item_id,rating,gold\nU1,P3,C1,pass,pass\n",
    "disputes": "dispute_id,assessment_id,raised_at,resolved_at,outcome\nD1,A1,2025-03-11 10:00,2025-03-12 10:00,upheld\n",
    "escalations": (
        "escalation_id,opened_at,title,severity,failure_mode,occurred_at,detected_at,status,closed_at\n"
        "ESC-2,2025-03-09 10:00,Late,S3,LAT,2025-03-05 10:00,2025-03-08 10:00,open,\n"
        "ESC-1,2025-03-07 10:00,Too much disclosed,S1,OVP,2025-03-05 08:00,2025-03-06 10:00,open,\n"
    ),
    "escalation_requests": "escalation_id,request_id,role\nESC-1,R1,index\nESC-2,R2,index\n",
    "changes": (
        "change_id,effective_from,kind,component,description,effective_to\n"
        "CH1,2025-04-01 00:00,rubric,rubric 2025.1,Rubric 2025.1.,\n"
        "CH2,2025-02-01 00:00,tool,export,Export 4.2.,2025-05-01 00:00\n"
    ),
    "evidence": "evidence_id,escalation_id,kind,reliability,credibility\nE1,ESC-1,ticket,B,2\n",
    "codings": "evidence_id,code_id,coder_id,span_start,span_end\nE1,K1,P3,0,10\n",
    "codebook": "code_id,parent,level\nK0,,policy\nK1,K0,tool\n",
    "actions": "action_id,escalation_id,description,domain,strength\nAC1,ESC-1,Check the preset,system,stronger\n",
    "sla_policies": "process_type,urgency,target_hours,target_working_days\nsubpoena,routine,,10\nwarrant,,336,\n",
    "feedback": "feedback_id,to_role,kind,given_at,acknowledged_at\nF1,specialist,reinforce,2025-03-20 10:00,\n",
}
"""A small source without a problem, as CSV text by table."""


@pytest.fixture
def good():
    return dict(GOOD)


@pytest.fixture
def make_source(tmp_path):
    """Write tables as CSV (or whatever the name's suffix says) and open them as a source."""

    def make(tables: dict[str, str], toml: str = "") -> Source:
        for name, text in tables.items():
            path = tmp_path / (name if "." in name else f"{name}.csv")
            path.write_text(text, encoding="utf-8")
        if toml:
            (tmp_path / "source.toml").write_text(toml, encoding="utf-8")
        return open_source(tmp_path)

    return make


@pytest.fixture
def changed(good):
    """Change one cell of the good source: `row` counts data rows from 1; column names may be new."""

    def change(table: str, row: int, **cells: str) -> dict[str, str]:
        rows = list(csv.DictReader(io.StringIO(good[table])))
        rows[row - 1] |= cells
        return good | {table: as_csv(rows)}

    return change


@pytest.fixture
def repeated(good):
    """Append a copy of one row to a table of the good source, with some cells changed."""

    def repeat(table: str, row: int, **cells: str) -> dict[str, str]:
        rows = list(csv.DictReader(io.StringIO(good[table])))
        return good | {table: as_csv([*rows, rows[row - 1] | cells])}

    return repeat


def as_csv(rows: list[dict[str, str]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture(scope="session")
def shared_data():
    """The folder of the publishers' files; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("RCA_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the publishers' files are not here")
    return folder
