"""More sentences of the kinds on which a family of words was widened, so that a family catches its kind and no single sentence."""

import pytest

from rca_lib.review.language import check_causation, check_language
from rca_lib.review.language.sentences import LONGEST, split_sentences

FIRING = {
    "blame": """
        Accountability for the missed renewal rests with the queue owner.
        The desk bent the rules to get the file out.
        The reader breached the confidentiality of the order.
        A hasty approver released the letter.
        The users were badly let down by the night shift.
        Shortcuts were taken by the export team.
        “Sloppy” sums up the handling of this case.
        The real offender here was a specialist on the weekend rota.
        The lead fumbled the hand-over.
        An errant reviewer signed without reading.
        It was the desk's own fault.
        Blame was laid on the weekend desk.
        The specialist showed poor diligence and was rightly reprimanded.
        The weekend desk has only itself to blame.
        The specialist acted rashly in releasing the letter.
        The lead turned a deaf ear to the clerk's warnings.
        The approver rubber-stamped the letter.
        The team's indiscipline is well known.
        The analyst should be ashamed of the export.
        Fault for the lapse lies with the hold desk.
        The desk shirked its duty to call back.
        The specialist was caught napping.
        """,
    "counterfactual": """
        The lead needn't have released the letter.
        Why didn't the reviewer open the exhibit?
        Had it not been for the fax, the term would have been met.
        The specialist forgot about the extension.
        The extension was never entered by the desk.
        The team had every opportunity to stop the release.
        The shift lead was not told about the hold.
        An earlier call would have spared the agency two weeks.
        The letter left without anyone reading it.
        It would have cost the reviewer one click.
        A more careful reading would have shown the seal.
        If the specialist had scrolled down, the seal would have been seen.
        Nobody thought to ring the court.
        The desk was in a position to catch it.
        The seal might have been seen on a larger screen.
        A glance at page two would have shown the end date.
        The lead had ample warning and did nothing.
        Nobody rang the court to ask.
        The reader skipped a chance to stop the letter.
        Had someone looked at the fax, the term would still be open.
        The approver never opened the exhibit.
        The reviewer was expected to spot the change.
        The team did not think to ask for the second page.
        The order went unread for nine days.
        """,
    "normative": """
        Supervision of the desk was lax.
        The template is a poor fit for sealed orders.
        It was a bad call to send the file.
        The desk's oversight was found wanting.
        The review step is hardly fit for purpose.
        The reply lacked the urgency the case deserved.
        A wiser course was open to the lead.
        Blind trust in the list was unwarranted.
        The quality of notes at intake is too low.
        The hand-over was a shambles.
        “Shoddy” best describes the export.
        There are shortcomings in the audit of holds.
        The controls around seals were too loose.
        The response fell short of expectations.
        The desk's response was woefully late.
        The note was not worthy of a court filing.
        The check is too superficial.
        The export was done in an unacceptable way.
        The reviewer showed bad judgement.
        The search was far from thorough.
        The letter did not meet our standards.
        It was wrong to send the notice.
        The desk's conduct was improper.
        The answer was disappointingly thin.
        """,
    "vague": """
        Numerous requests were affected.
        Coordination between desks must be strengthened.
        Roles were unclear responsibilities at night.
        The queue was comparatively long.
        Heightened vigilance is expected.
        Delays fell considerably.
        The seal is mostly seen.
        Multiple agencies asked.
        The extension fell through the cracks.
        More robust checks are planned.
        The viewer acts strangely on scans.
        The export did not go as expected.
        The desk had a great deal to do.
        The letter lay there for a long while.
        A few cases were held back.
        The desk was short of people at the time.
        The change was made fairly late in the day.
        Staff need to be reminded to take more care.
        The tool is slow at times.
        The team will look into it.
        The hold ended earlier than it should.
        The notes were more or less complete.
        There were hiccups with the feed.
        """,
    "graphic": """
        The underage sex video was on the drive.
        The fiend behind the account wrote again.
        The body was torn to pieces.
        He was beaten senseless.
        The toddler nudes were found.
        The scene was a bloodbath.
        Guts were everywhere in the clip.
        The clip is utterly revolting.
        The account holder is a sick pervert.
        The victim's throat was slit.
        Photos of nude toddlers were attached.
        The chat was full of filth.
        The file shows a decapitated man.
        """,
    "figure": """
        Late cases outnumbered the rest.
        Of the 40 holds, 3 lapsed.
        The wait rose by a factor of three.
        The regression coefficient was 0.4.
        The share of late answers in the second team was 12.
        By ten to one, cases were routine.
        Roughly one third of all letters went astray.
        Every third letter was late.
        The rate went from 2% to 5%.
        Nine in ten answers met the term.
        The median wait was 3.5 days.
        Late letters fell by a quarter.
        A mere 4 of 60 holds were extended.
        The correlation was 0.62.
        """,
    "named": """
        The action owner, Petra Novak, agreed.
        The approver Lukas Weiss signed.
        The reader named Okafor left.
        Please ask Priya about the hold.
        According to Det. Harris the fax came late.
        Reviewer M. Okonkwo signed at 10:20.
        The letter was drafted by analyst Sven Lund.
        @mkhan closed the case.
        Mail went to tom.baker@company.example.
        """,
}

LEFT_ALONE = """
    The seal is printed in weak grey.
    The order was not made by the court until June.
    The specialist forwarded the file to the second reader.
    The list was not drawn up by the tool.
    The hold was not asked for in the letter.
    The agency's request was not signed by the judge.
    One form serves several agencies.
    The good-faith exception covers emergency disclosure.
    The bad-request code 400 is returned by the portal.
    The court has the power to extend the order.
    The time to answer is 14 days.
    The order had a lot number printed on it.
    The lot number is in line three.
    The release was planned for the third quarter of 2025.
    Savage County sent two letters.
    Reports from Slaughter Beach go to the state office.
    The Monster Energy account was named in the subpoena.
    The warrant is for the owner of the account.
    The Queue Owner role is held by one desk.
    The Export Console shows the range.
    The order of the steps is set by the guide.
    What would it take to show the seal on page one?
    Without the seal flag, the notice job treats an order as open.
    The rule asks for a call-back before the export.
    The page count on the cover sheet comes from the scanner.
    The desk uses one mailbox for the two courts.
    The letter was returned because the office had moved.
    An order on the same page of the docket was read first.
    The tool marks each line that is longer than the field.
    The policy was changed on 3 May.
    The file was left unsealed by the court.
    The specialist had 14 requests due that day.
    Weekly volume is shown beside the count.
    The warning is shown for five seconds.
    The template carries more text than the letter.
    Better lighting of the seal is proposed as option B.
    Reviewers asked for larger type.
    A note on the desk says which key opens the cabinet.
    The team was told of the change on 2 June.
    The specialist was asked to confirm the range and did so.
    Records of the best known case are kept by the archive.
    The effective date of the policy is 1 May.
    The most effective control is the one that the tool applies by itself.
    More requests left data readable because of a different mix
    identifiers, categories and dates match the authority granted
    At 14:02:11 UTC release 4.1.2 of tool X-7 went live, ticket INC-2291.
    The desk closes at 18:00 and opens at 06:00.
    The seal is on page two of the fax.
    The order names one account and two date ranges.
    The clerk of the court sent the letter by courier.
    The export ran for four minutes.
    The lead of TEAM-B signed the change on 3 May.
    Nothing on the page shows the end date.
    The hold can be renewed twice under section 4.
    The letter says that the agency will write again.
    If the box is empty, the tool takes today's date.
    The viewer was built by the vendor in 2019.
    The county changed its name in 2022.
    The guide is kept in the shared folder.
    A second reader opens the exhibit and compares the dates.
    Court clerks may call the desk on weekdays.
    The fault tree has three branches.
    The reminder was sent on day 80 to a mailbox that was closed.
    The specialist chose the template that the menu shows first.
    The system that sends notices reads the account and not the order.
    The account holder pleaded guilty in another case.
    The warrant concerns a breach of fiduciary duty.
    The statement of the victim is under seal.
    The tool shows the most recent order first.
    The desk has had two managers since January.
    The test covers letters with more than one seal.
    The agency could be reached by phone only.
    A judge extended the term by 30 days.
    The form has not changed since 2021.
    The mailbox was not listed in the directory.
    The date was stored without a time zone.
    The screen does not say whether the seal is current.
    The list was printed before the extension came in.
    The specialist read the order at 10:05, when the banner was folded away.
    Records older than two years are kept in the archive.
    The table leaves out requests that were withdrawn.
    The second half of the letter is a form.
    Two of the boxes share one label.
    The step takes about five minutes.
    Which desk holds the key to the archive?
    The request was made under the emergency rule.
    The average is shown in claim {x.mean}.
    The median wait is {wait.median} days.
    """

CAUSES = {
    "human_error": """
        The specialist pressed “Reply” in place of “Forward”
        She keyed 13 for 31
        Reading the wrong column of the table
        The clerk pasted the address of the former agency
        A letter was dropped when the name was typed
        The reader believed the order was open when it had been sealed
        The redactor marked the wrong line
        Mislabelling of the box by the clerk
        A stray click by the approver
        The specialist wrote the agency's name in the county field
        The operator got the two dates the other way round
        The badge number was noted down wrongly by the desk
        The reviewer scrolled past the seal
        The clerk filed the order under the previous case
        The clerk put the fax in the wrong tray
        The specialist misremembered the end date
        The reader took the stamp for a logo
        The approver hit Enter too soon
        The operator noted the badge number with two digits reversed
        The analyst searched for the wrong person
        The reviewer lost her place in the list
        The clerk mistook Kern for Kent
        The typist dropped a zero
        The specialist failed to see the second page
        """,
    "procedure": """
        The reviewer left out the second comparison
        The clerk waived the call-back
        The export was sent without the approval that POL-3 requires
        The step on zones was dropped by the desk
        The team used its own list rather than the official register
        The lead had given up using the checklist
        The file was sent by a channel that the policy forbids
        Rule bending by the night desk
        The mandatory second reading was not done
        The desk evaded the two-hour wait
        Nobody at the desk kept to the escalation rule
        The order was handled off-script
        The letter was signed before the check instead of after it, as the manual demands
        The specialist approved the file without going through the checklist
        The guide's step on seals was not carried out
        The approver disregarded the four-eyes rule
        Use of an unofficial template by the team
        The desk made do without the second signature required by the guide
        The shift did the checks in an order other than the guide's
        The lead told staff to skip the sample check
        The team had its own way of doing call-backs
        The clerk sent the box before approval was given, contrary to the manual
        The approval step was cut short by the night desk
        Policy LR-4 was set aside by the lead
        The analyst shared her log-in in breach of the rules
        The desk departed from the checklist
        """,
    "duty": """
        The bounce was left unanswered by the desk
        The desk left three letters unread
        The alarm was disregarded by the shift
        Without anyone comparing the numbers, the file was sent
        No approver was named for the weekend
        Failure of the lead to renew the hold
        No copy of the extension was sent by the court desk
        Not a single reviewer opened the exhibit
        The letter stayed without a reply
        No inspection of the archive took place
        Non-extension of the hold by the desk
        The lead ignored two reminders
        The lead let the hold run out
        Nobody at the desk picked up the phone
        The second reader was never asked
        The team sat on the request for nine days
        The extension was not entered by anyone
        The desk did not renew the hold
        Two reminders went unanswered
        No one was put in charge of the queue
        The reviewer failed to open the file
        The lead did nothing about the alarm
        """,
    "descriptor": """
        An untrained clerk took the call
        A hasty review of the letter
        A patchy knowledge of the rules
        Too little thought at the export step
        The lack of a proper owner
        An awkward layout of the seal page
        “Weak oversight” of the queue
        A clumsy form for holds
        Poorly trained staff at intake
        The chaotic state of the tray
        An ill-designed page for seals
        Badly worded rules on notice
        An overly long list of courts
        Insufficient light on the seal
        """,
    "link": """
        """,
}

GOOD_CAUSES = """
    The form holds one field for the state and the county
    The wrong county stands first in the list
    The alert goes to a desk with no owner at night
    The exporter drops pages without a stamp
    The guide lists the check after the export
    The tool copies the previous case's recipient into the new letter
    The policy is not applied by the tool to bulk requests
    The checklist has no line for the seal
    The page on unread letters loads last
    A template that carries the previous agency's name
    The menu puts the retired form above the current one
    The rule book names two terms for one order
    The tray for unopened letters stands behind the door
    The letter from the court names two dates
    The system leaves unread letters at the foot of the list
    The screen hides the required field below the fold
    The portal accepts a file without a signature
    The date in the list is not sorted by the tool
    The reminder is not part of the template
    The viewer does not draw the last page until it is scrolled
    A hold without an end date is not listed by the job
    The desk works from a list that the tool prints at 06:00
    Two rules name different terms for the same order
    Requests in Spanish wait for a reader who works on weekdays
    The tray for sealed orders stands beside the tray for open ones
    The guide asks for the check after the letter has been sent
    The job that sends notices runs before the job that reads extensions
    The list names each county without its state
    The mailbox for bounced letters has no reader
    The page shows the first of two seals
    The desk covers two queues between 22:00 and 06:00
    The viewer saves a copy without the marks
    The form has the same box for two kinds of order
    The register holds the address from before the move
    A letter template with the name of the earlier court in its heading
    The clock of the portal runs an hour ahead of the clock of the desk
    The tool ends a search at 500 rows and shows no notice of it
    The rule on seals stands in an annex that the guide does not link to
    Each desk counts the term from another day
    The reminder is sent to the person who opened the case, also after that person has left
    Faxes arrive in grey and the seal is light blue
    The approval page opens on the summary and not on the exhibit
    """

EFFECT = "page two passing unseen"
EVENT = "a letter to another court"


def lines(text):
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in FIRING.items() for text in lines(texts)])
def test_a_sentence_of_the_kind_is_remarked_on(rule, text):
    assert rule in {one.rule for one in check_language(text)}


@pytest.mark.parametrize("text", lines(LEFT_ALONE))
def test_a_plain_sentence_is_left_alone(text):
    assert [(one.rule, one.found) for one in check_language(text)] == []


@pytest.mark.parametrize(
    ("rule", "cause"), [(rule, cause) for rule, causes in CAUSES.items() for cause in lines(causes)]
)
def test_a_cause_of_the_kind_is_remarked_on(rule, cause):
    assert rule in {one.rule for one in check_causation(cause, EFFECT, EVENT)}


@pytest.mark.parametrize("cause", lines(GOOD_CAUSES))
def test_a_cause_in_the_system_is_left_alone(cause):
    assert [(one.rule, one.found) for one in check_causation(cause, EFFECT, EVENT)] == []


@pytest.mark.parametrize(
    ("effect", "event"),
    [
        ("the wrong letter being sent", "sending of the wrong letter"),
        ("the hold lapsing unseen", "the hold lapsing without being seen"),
        ("deletion of the mailbox", "the mailbox being deleted"),
        ("the choice of the wrong court", "the wrong court being chosen"),
    ],
)
def test_two_parts_that_say_the_same_in_other_forms_show_no_link(effect, event):
    assert "link" in {one.rule for one in check_causation("The list shows no state beside a county", effect, event)}


def test_two_parts_of_which_one_denies_the_other_are_not_the_same():
    remarks = check_causation("The seal is grey", "the order was read in full", "the order was not read in full")

    assert "link" not in {one.rule for one in remarks}


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("The form was moved recently.", "The form was moved on [date]."),
        ("The recently moved form is blue.", "Write “on [date]” in place of “recently”, with the value."),
        ("Notes at several desks differ.", "Notes at [number] desks differ."),
        ("It is a child porn video.", "It is CSAM."),
    ],
)
def test_a_better_form_reads_as_a_sentence_or_says_what_to_write(text, better):
    assert check_language(text, rules=["vague", "graphic"])[0].better == better


def test_an_id_with_a_hard_hyphen_is_found():
    assert [one.found for one in check_language("ACT‑114 opened the file.", names=["ACT-114"])] == ["ACT‑114"]


def test_a_very_long_sentence_is_looked_at_to_its_end():
    text = "the order was read and " * 500 + "the reader was careless"

    assert all(len(piece) <= LONGEST for piece in split_sentences(text))
    assert [one.found for one in check_language(text)] == ["careless"]
