"""Sentences on which the check of wording was developed: for each rule some that it remarks on and some that it leaves alone."""

import json
import tomllib
from pathlib import Path

import pytest

from rca_lib.errors import UsageError
from rca_lib.review.language import RULES, Remark, causal_sentence, check_causation, check_language
from rca_lib.review.language.sentences import hide_quotations, split_sentences

STAFF = ("S-014", "SPC_0031", "Jane Doe", "Tomasz Nowak", "May Chen")

FIRING = {
    "blame": """
        The reviewer was negligent in her duties.
        It is the fault of the intake team.
        The delay can be blamed on the analyst.
        Blaming the night shift is easy.
        An operator error led to the wrong file.
        Her sloppiness cost us a week.
        The specialist wilfully disregarded instructions.
        The order was neglected by the reviewer.
        Specialists violated the retention rule.
        The person guilty of the leak has left.
        The team showed a reckless attitude.
        The specialist, who is notoriously careless, sent the file.
        Mistakes were made by the export team.
        The engineer is the culprit.
        The reviewer was ignoring the alerts.
        The staff member must be punished.
        Whoever closed the ticket is at fault.
        The analyst did a lazy job.
        Those responsible for the breach will be named.
        Disciplinary action was proposed.
        The incident resulted from staff negligence.
        The specialist's incompetence led to the disclosure.
        We blame the vendor team.
        A specialist erred in reading the order.
        The reviewer let the team down.
        The lead was asleep at the wheel.
        Complacency set in after the release.
        The lawyer's mistake led to the notice.
        The blame lies with the intake team.
        They were careless.
        The reviewer’s negligence is plain.
        The specialist was guilty of ignoring the rule.
        The team neglected its duties.
        The engineer violated procedure.
        The manager’s incompetence made it worse.
        The event is due to human error.
        Human errors like this are common.
        The specialist is responsible for the error.
        The lead should be disciplined for this.
        Laziness was the cause.
        The reviewer ignored the banner.
        The culprits are on the night shift.
        The analyst blundered.
        The failure was the specialist’s fault.
        The mistake made by the reviewer was costly.
        The staff were complacent about the preset.
        The specialist recklessly exported everything.
        A careless reviewer let it pass.
        The shift lead made a mistake.
        He disregarded the guide.
        The person at fault was the reviewer.
        The analyst was sloppy with dates.
        The specialist was careless with the dates.
        This was pure carelessness on the part of the night shift.
        Negligent handling led to the disclosure.
        The reviewer carelessly approved the production.
        The team lead is to blame for the delay.
        Nobody but the intake desk was at fault.
        The root cause is human error.
        The analyst made a serious mistake while typing the date.
        The specialist ignored the warning on the page.
        Both warnings were simply ignored.
        The reviewer disregarded the checklist.
        She violated the policy on disclosures.
        The team had grown complacent.
        A reckless shortcut caused the breach.
        The engineer is responsible for the failure.
        The person who exported the files should be disciplined.
        The culprit was found the same day.
        It was the reviewer’s fault that the banner was closed.
        The incident was caused by the specialist on duty.
        The manager dropped the ball.
        He didn't bother to open the second page.
        The night team is incompetent and lazy.
        LAZY reading of the order led to the miss.
        The specialist was not only slow but negligent.
        The mistake was made by an inexperienced colleague's reviewer.
        Those who signed must be held accountable.
        """,
    "counterfactual": """
        The agency would have been spared if the call had been made.
        The specialist should not have exported the archive.
        The alarm could easily have been raised.
        The reviewer did not read the second page.
        They failed to escalate.
        The wrong range would've been caught by a second reader.
        It could have been avoided.
        Had she asked counsel, the notice would have waited.
        The intake specialist had not verified the number.
        Nobody asked the agency.
        The lead forgot to assign the queue.
        The team never tested the template.
        A simple call would have shown the mailbox was taken over.
        If only someone had looked at the log.
        The specialists hadn't noticed the preset.
        The disclosure might have been prevented.
        The team failed in April to update the list.
        If they had used the portal, this would not have happened.
        The engineer ought not to have released on a Friday.
        Failing to check the dates, the specialist sent the files.
        The file was sent although the reviewer had not confirmed it.
        The manager neglected to staff the queue.
        The alert should've been answered.
        The team should not have closed the ticket.
        Counsel could have been asked.
        The specialist had failed to compare the dates.
        The disclosure would never have happened if the page had shown the zone.
        Had the reviewer opened the file, she would have seen it.
        Had the timer worked, the hold could have been kept.
        The reviewer didn’t check the archive.
        The team lead did not escalate.
        It would have been enough to call.
        The night shift never noticed the alert.
        The specialists did not verify the sender.
        The intake team hadn't read the note.
        Engineers failed to test the mapping.
        Counsel forgot to send the letter.
        The disclosure could have been avoided by a second look.
        If only the second reader had been on shift.
        Nobody noticed that the queue was growing.
        The error ought to have been caught.
        Failing to read the order, the analyst sent the archive.
        The specialist never checked the zone.
        The quality reviewer did not spot the preset.
        The team might have prevented the delay.
        With a second reader the date would have been noticed.
        He should have known.
        The specialist should have checked the date.
        The reviewer could have seen the banner.
        The order shouldn’t have been closed on that day.
        A second look would have prevented the disclosure.
        The disclosure would have been avoided by a call.
        The team ought to have told counsel.
        The specialist failed to notice the second page.
        The check failed to catch the wrong range.
        If only the page had shown the zone.
        Had they opened the file, the error would have come to light.
        If the reviewer had read the header, the files would still be here.
        The files would not have been sent if the reviewer had asked.
        She neglected to confirm the address.
        The analyst forgot to extend the hold.
        The specialist did not check the directory.
        The team lead didn't notice the queue.
        The specialist opened the file and did not compare the dates.
        Nobody checked the cover sheet.
        No one noticed the empty field.
        The wrong date went unnoticed for a week.
        With hindsight the sign was plain.
        The reviewer never asked for the second file.
        The files were delivered without checking the range.
        This was an avoidable event.
        The date was not verified before delivery.
        The reviewer overlooked the second account.
        The specialist might have noticed the time zone.
        The team missed the opportunity to stop the export.
        """,
    "normative": """
        Supervision was inadequate.
        The deadline tracking was insufficiently robust.
        This is an unacceptable outcome.
        The improper use of the template led to it.
        Communication with counsel was unsatisfactory.
        The choice of preset was wrong and showed poor judgment.
        The quality of the review was below standard.
        The team's response was substandard.
        There were deficiencies in the handover.
        The process was mismanaged from the start.
        The decision to close the ticket was inappropriate.
        The redaction was not good enough.
        It was a bad decision to release on Friday.
        The outcome fell below expectations.
        The order was mishandled.
        Lax oversight let it happen.
        The filing was improperly done.
        The effort was not up to standard.
        Sub-par handling delayed the return.
        This was bad practice.
        It was a poor decision to close the task.
        The review was inadequately resourced.
        Such conduct is unacceptable.
        The training was deficient.
        An improper disclosure procedure was used.
        The manager showed poor judgment.
        The approach taken was unsatisfactory.
        The staffing was insufficient for the load.
        The team was ill-prepared.
        The specialist made the wrong choice.
        The controls were not adequate.
        The decision was inappropriate in the circumstances.
        The quality was not good enough.
        Suboptimal planning preceded the event.
        There was mismanagement of the hold.
        The check was unacceptably slow.
        The response was less than satisfactory.
        The review of scope was inadequate.
        Checks were insufficient at night.
        The files were handled improperly.
        The escalation was mismanaged.
        Mismanagement of the queue lasted for a week.
        An inappropriate template was in use.
        The wait was unacceptable.
        The work was substandard.
        The production was of sub-standard quality.
        The answer was unsatisfactory.
        Deficient supervision of the shift was found.
        The deficiencies of the process are known.
        It was poor judgement to send the files.
        Closing the task was the wrong decision.
        The handover was not good enough.
        There was a lack of discipline in the team.
        The set-up of the queue was suboptimal.
        The review was far from adequate.
        The delivery fell short of expectations.
        The approach was flawed.
        The reply was less than ideal.
        The process was INADEQUATELY described.
        The team’s handling was not appropriate.
        """,
    "vague": """
        The form was not properly filled in.
        The communication between teams broke down.
        The issue was dealt with quickly and in a timely fashion.
        Numerous requests were delayed.
        Staff need to be more careful with dates.
        Additional training will be given.
        The page has some problems.
        The tool is badly designed.
        The team will communicate better.
        There was a misunderstanding between intake and review.
        The system behaved somewhat oddly.
        Awareness of the policy will be raised.
        The team lacked awareness of the rule.
        Several specialists said so.
        The specialist was not adequately trained.
        A couple of days later it was fixed.
        The work was done in various ways.
        We will look into it ASAP.
        It seems the reviewer read the other page.
        Something went wrong with the export.
        There were many factors.
        The list is updated on a regular basis.
        Insufficient communication led to it.
        Delivery was delayed due to technical difficulties.
        The handover went badly.
        Certain steps were left open.
        It was dealt with in a timely fashion.
        There were issues with the timer.
        There were several problems with the form.
        The change was made recently.
        More care is needed.
        Specialists must pay more attention.
        Staff should take more care with dates.
        The tool did not work properly.
        There was some confusion about the dates.
        The reviewer was not properly trained.
        Better communication is needed.
        The cause was lack of communication.
        The lack of attention to the date is a factor.
        Counsel, press, etc. were told.
        The team needs to be more vigilant.
        The export was somehow wrong.
        Things got out of hand.
        The system was adequately tested.
        We found a number of gaps.
        The form was sent to various people.
        The delay was due to a communication failure.
        Training needs to be improved.
        The list should be updated more frequently.
        It appears that the timer stopped.
        The backlog grew for various reasons.
        Poor communication caused the delay.
        The dates were poorly shown.
        The files were badly named.
        The order was not properly read.
        Some issues came up in the export.
        Various teams use the template.
        The export takes several clicks.
        A number of requests waited.
        There was a communication breakdown between shifts.
        Miscommunication delayed the answer.
        The cause was a lack of awareness.
        The cause is lack of training.
        Counsel will be told as soon as possible.
        Notices go out in a timely manner.
        The form asks for dates, zones, etc.
        The page lists dates, zones and so on.
        Specialists are asked to be more careful.
        Better training is planned.
        The action will raise awareness of the zone.
        Things moved fast that day.
        The date was somehow changed.
        It seems that the timer stopped.
        The list is reviewed regularly.
        The template was changed recently.
        The queue is checked from time to time.
        The process will be improved where necessary.
        Multiple issues affected the export.
        Appropriate measures have been taken.
        """,
    "named": """
        The task belonged to Marta Kowalska, an intake specialist.
        Agent Hughes typed the dates.
        Our analyst, Jonas, wrote the query.
        I asked @maria.k for the log.
        Mrs. Schmidt signed the form.
        The quality lead Elena Petrova agreed.
        Reviewer Okonkwo opened it.
        Contact: tom.baker@example.com.
        Escalated by SPC_0031 on 2 June.
        Ms. J. Rivera approved.
        David closed the ticket.
        Professor Allen wrote the report.
        Team lead Sara moved the queue.
        "Ask Mr Lee", the note says.
        The export was run by Alice.
        Ask Dr Weber for the log.
        The reviewer (Tom) saw it.
        Jane’s export was late.
        JANE DOE closed the task.
        The task was assigned to s-014.
        Ms. Rivera's note is attached.
        Specialist Kim Larsen typed it.
        @team_lead_anna wrote it.
        m.keller@lert.example.com sent the file.
        Our colleague Henrik spoke Italian.
        Miss Adeyemi was on shift.
        Analyst Wu wrote the query.
        The manager, Mr. Ito, agreed.
        The file was exported by S-014.
        SPC_0031 closed the task.
        Jane Doe closed the task.
        The task was closed by Doe on Monday.
        The reviewer on shift was tomasz nowak.
        Ms Rivera signed the order off.
        Dr. Chen asked for the files.
        We asked specialist Maria Keller about the page.
        Our reviewer Tom saw the date.
        The export was made by @jdoe in the evening.
        Write to jane.doe@example.org about the case.
        The team lead, Priya Nair, agreed.
        Mr O’Brien approved it.
        Team lead Rivera moved the queue.
        The specialist (Ana Lopez) typed the date.
        The word was S-014’s own.
        The note said “ask Ms Rivera first”.
        According to Sarah, the page was slow.
        Peter, our quality reviewer, opened the file.
        Prof. Lindqvist wrote the rubric.
        The engineer Okafor restarted the job.
        Employee number 48213 was on shift.
        May Chen took the call.
        """,
    "graphic": """
        The images were horrifyingly violent.
        He was brutally beaten.
        The kiddie-porn folder was found.
        Child-porn was stored in the account.
        The video shows the rape of a child.
        A nauseating collection was found.
        A vile and disgusting exchange.
        The account belongs to a pedophile.
        The pictures were gory.
        The blood-soaked scene was in the video.
        The mutilation is shown in the file.
        Sick pictures were sent.
        A ghastly find for the reviewer.
        The request concerned a monstrous crime.
        The kid was raped in the video.
        The file contained brutal rape scenes.
        Gruesome pictures of mutilated bodies were found.
        The chat was about kiddie stuff.
        The horrific abuse lasted for years.
        The user shared child pornography.
        The pictures are sickening and vile.
        A blood-curdling message was sent.
        A snuff video was in the folder.
        The horrifically violent scene was seen by the specialist.
        The pedophile used two accounts.
        The gory video was part of the export.
        The image of a butchered animal was in the file.
        The repulsive material was removed.
        The account held child porn.
        The files were child pornography.
        The report names kiddie porn.
        The images were gruesome.
        A horrific video was attached.
        The brutal scenes were seen by the reviewer.
        The messages showed a bloody attack.
        The text says that the victim was raped.
        The body was mutilated.
        The content is sickening.
        The account traded snuff films.
        The material was disgusting.
        The grisly details are in the annex.
        The request concerns a heinous act.
        The specialist saw horrifying pictures.
        The pervert behind the account was known.
        The file holds naked children.
        The user is a paedo.
        The note calls it “child porn”.
        The attack was savage and cruel.
        The SICKENING images were removed.
        A shocking amount of data was disclosed.
        """,
    "figure": """
        Roughly one third of the requests waited.
        The error rate tripled.
        7 of the 25 files were wrong.
        Seven out of twenty-five files were wrong.
        The rate rose by 40 percent.
        Requests with the template are 28.2 times as likely to fail.
        A majority of teams use it.
        Most of the failures came from one team.
        The mean delay was 4.2 days.
        On average, a request takes four days.
        The hazard ratio is 1.08.
        P < .001 was found.
        Three times more requests failed.
        The number of failures doubled.
        The risk of failure is 3 in 100.
        Nearly two-thirds were late.
        An average of 12 requests failed each week.
        It affected 244 requests.
        The vast majority of requests were fine.
        Only 40% had a second look.
        Fewer than half of the holds were extended.
        The share of errors went from 0.3 to 3.5.
        A 10-fold rise was seen.
        One request in five was late.
        Three quarters of the holds ended early.
        A fifth of the notices were late.
        The 95% CI is wide.
        The average handling time was 3.4 hours.
        Less than a tenth of the files were affected.
        Half as many requests failed in July.
        Failures rose by 12 after the release.
        The number of late notices rose to 14.
        A five-fold increase followed.
        2 out of every 5 requests waited.
        The top 10% of requests take nine days.
        The rate is 10 times higher than in May.
        In most cases the reviewer agreed.
        60 percent of staff had seen the note.
        The sample (n = 859) is random.
        It takes 4.5 days on average.
        Almost every request was late.
        The failure rate has doubled.
        Late answers tripled in June.
        The odds are 28 to 1.
        The majority of the specialists agreed.
        A third of requests came by e-mail.
        The mean turnaround fell to 4 days.
        Failure is five times as likely.
        One out of three holds ended early.
        Errors halved after the fix.
        The p-value was small.
        Two in five requests failed.
        The rate fell from 3.5% to 0.3%.
        Relative risk was high.
        12 of 30 changes fell in the window.
        The template accounts for 92.8% of failures.
        Twice as many errors were found.
        We saw a 3x rise in errors.
        Errors were found in 12% of the sample.
        About 12 per cent of requests were late.
        3 of 40 requests failed.
        Four out of ten were late.
        The rate is twice as high since June.
        Failures doubled after the release.
        The rate is 3.2 times the earlier one.
        The odds ratio speaks for the template.
        The difference is significant (p < 0.05).
        Most requests arrive by portal.
        The majority came from one agency.
        Closure took on average 4 days.
        One in ten was late.
        Half of the requests waited.
        The median was 41 days.
        The failure rate rose to 3.5 in June.
        The backlog fell by a third.
        The risk is threefold since May.
        There were 29 failures in June.
        Two thirds of the files were affected.
        Nine of eleven translations were out of date.
        The share of late answers went from 3 to 9.
        More than half the orders were sealed.
        Almost all requests were looked at again.
        """,
}

LEFT_ALONE = {
    "ordinary": """
        The deadline was missed by three days.
        The specialist team lead in Dublin asked for the log.
        The error rate is shown by week.
        An error in the template moved the range.
        The tool reported no error.
        The request failed the scope item C4.
        Requests that failed were looked at by two readers.
        The export failed with a timeout.
        The rule never fires for portal requests.
        The reviewer never sees the files themselves.
        The cause has not been stated yet.
        The upload did not complete.
        Some of the requests came by e-mail.
        The few requests before May are left out.
        The most serious failure mode is WID.
        The person responsible for the queue is named in the plan.
        Each action has an owner who is responsible for its date.
        The specialist corrected the error before delivery.
        The default was ignored by the exporter.
        The range could have two meanings.
        The page should have a field for the zone.
        The reviewers had agreed on the code before the rubric changed.
        The user had not been told, because the timer stood in a queue without an owner.
        It would take one call to confirm an address.
        The change would reach all teams in October.
        Had the order ended? The tool did not say.
        If the date lies in the past, the form asks again.
        A second check would cost four minutes a request.
        The date may be read in two ways.
        The check looks at the cover sheet, not at the files.
        The wrong file was attached, since both had the same name.
        The order was valid and signed.
        The policy is in force since March 2024.
        Improvements to the tool are planned for release 4.3.
        The specialist asked a colleague in the legal team.
        Two of the three controls were done.
        The Monday shift starts at 08:00 in Singapore.
        Export template content-7.0 was in use in TEAM-B.
        The Fourth Amendment and the Stored Communications Act apply.
        Article 9 of the Regulation applies.
        The San Francisco office and the Santa Clara County court agreed.
        The Kaplan-Meier curve shows time to closure.
        Gwet's AC1 is used for agreement.
        Quality Lead, Policy Lead and Tooling Lead signed the plan.
        The counsel's letter is sealed.
        The Emergency Desk took the call at 02:00.
        Officer names are left out.
        The request concerned a missing child, who was found.
        The report is rated severity 4 and is not shown.
        The term rose from 90 days to one year.
        The clicks went from four to two.
        Each request takes two checks.
        The team has nine members.
        Section 2 of 3 is the extent.
        The review covers 1 January to 30 June 2025.
        The file is 12 MB.
        Retention ends after 18 months.
        The return was due at noon.
        Half an hour later the call came.
        The line is open 24 hours a day.
        ESC-0042 and ESC-0048 share a template.
        The form has a field for a third party.
        The one-year term holds since May 2024.
        The agency asked twice for the files.
        The notice must be sent within 10 business days.
        The reading aid is right in both cases.
        The order names no date; the tool takes the day of receipt.
        No one is named in this review.
        The specialist followed the checklist, which reads the form.
        The queue was moved in an update that the plan did not list.
        The alert was acknowledged at 09:14.
        The screen is the same for both kinds of order.
        This was found by counsel and not by a control.
        The specialist did what the page asked for.
        A control that was done let the failure through.
        The list was short, so the entry was seen.
        The specialist read the dates as day and month, as the page had shown them until May.
        The queue stood on no shift plan between 3 February and 20 October 2025.
        The order did not name a time zone.
        Two specialists worked on the queue that night.
        The reviewer compared the cover sheet with the form, as the checklist asks.
        The export starts at midnight UTC of the first day.
        No alarm is set for a hold that ends early.
        The specialist had no access to the directory.
        The agency asked for a corrected production.
        The hold was released after 90 days; the law had set one year in May 2024.
        The release note did not mention the time zone.
        The timer did not start, because the queue had no owner.
        The cause of the delay was not found in the log.
        The task closes when the domain is on the list.
        The form lists three categories; the warrant named one.
        The specialist asked for a time because the Spanish text names one.
        Counsel for the defence pointed out the dates.
        The field accepts both orders of day and month.
        The team had grown from six to nine people since March.
        The tool shows a green tick after a match.
        The request arrived at 02:10 on a Sunday.
        The checklist has 14 items; item 4 concerns the match.
        No request was received from the agency in May.
        The specialist could not see the archive part.
        The rule applies to mail from 1,140 listed domains.
        The two systems count days in different ways.
        The reviewer had seen the same page on each of the last ten requests.
        The policy does not say who extends the hold.
        Emergency requests are answered within one hour.
        The template was changed in release 4.2.
        In the tool, the box for a subpoena stands above the box for a warrant.
        The user was notified on 4 March, while the order stood until 30 April.
        The check is done by a program.
        The second reader was on leave; the plan named no deputy.
        The failed export was started again at 03:00.
        The engineer corrected the setting on 6 June.
        The action is due on 27 February 2026.
        The order of the checks was changed in May.
        The directory held an address that had moved.
        Portal requests are not affected by the rule.
        The Wilson interval is used for rates.
        The team lead opened the ticket on Friday.
        The law requires a notice within 14 days.
        Grant of the extension was recorded by the court.
        Will the timer start again? The tool does so by itself.
        The specialist marked the request as routine.
        The tool offers the last used template first.
        The message M-14 was translated into eleven languages.
        A slip in the date would be seen on the cover sheet.
        The most common request is a subpoena.
        The hold is set for the same term for each kind of request.
        The specialist was told of the change on 9 May.
        Emergency Lead and Team Lead are roles in the tool.
        The date was entered twice.
        The audit compared timers with the new term.
        The San Jose office asked for a copy.
        The staff of the desk changed in March.
        The Dublin team took the queue over.
        The alert did not reach the shift, because its address had changed.
        Specialists see the preset only when they unfold the line.
        The request was returned because the order was not signed.
        The specialist's screen showed one account.
        Both readers agreed on the code.
        The alert was sent to the team, which had moved to another queue.
        What the check looks at did not show the problem.
        The reviewer confirmed the range against the form.
        The specialist could not open the archive.
        The export holds 3 files and a cover sheet.
        The specialist called the agency twice and left a message.
        The legal team approved release 4.2 on 30 May.
        The hold was extended by hand on 16 October 2024.
        Requests in Spanish wait until the morning shift in Dublin.
        The order ends on 30 April; the tool showed 4 March.
        The court granted the extension.
        A reader of this review sees no names.
        The policy was last changed in 2021.
        The tool asks for a second date when the first lies in the past.
        The agency sealed the files until a warrant was served.
        The specialist reported the event on the same day.
        Three teams use content template 7.0.
        The odds are given with their interval in the section on causes.
        No specialist was on shift between 02:00 and 07:00.
        The reviewer opened the first file only, as the guide says.
        The engineer set the preset to the one used in May.
        The case concerns a CyberTipline report.
        Interviews were held with the specialist, the reviewer and the team lead.
        The step was added in March 2025.
        The check by a second person takes place before delivery.
        Whether the order named a time zone is not known.
        The specialist had 40 open requests that week.
        The tool rejected the upload because the file was larger than 50 MB.
        The reading aid suggests a class for each form.
        The action changes the tool, so the step cannot be left out.
        A supplement was delivered eight days later.
        The third-party data were taken out by hand.
        The agency's clock is five hours behind UTC.
        The number of identifiers is limited to 50 in one request.
        The limit is 200 accounts in a bulk file.
        The user received the notice before the order ended.
        The team had no list of the timers.
        """,
    "blame": """
        The screen showed no month name.
        The parser ignores the time zone.
        The filter disregards items without a date.
        This review assigns no blame.
        Nobody is to blame: the page showed one date.
        The review is blameless and looks at the system.
        The effect is negligible.
        The default led to exports wider than the warrant.
        The team responsible for exports agreed to the change.
        The owner is responsible for the action.
        A fault in the timer service stopped the alerts.
        The fault tree is in the annex.
        The error message named the field.
        The tool wrote an error to the log.
        The alert fired at 02:00.
        The account was removed for a violation of the terms of service.
        The user pleaded guilty in May.
        The job failed at midnight.
        A slip of a digit passed every step.
        The specialist typed the dates as the page asked for them.
        The exporter ignored the range.
        The rule violates the contract of the table.
        “It was careless of me”, the specialist said.
        The specialist was not at fault.
        """,
    "counterfactual": """
        Requests that did not fail were compared.
        The order had not ended on that day.
        Failed requests are listed below.
        No alert exists for this queue.
        The field does not show the month.
        The reviewer should check the files before delivery.
        Every queue should have an owner.
        The page could have a warning.
        The specialist could not have seen the zone on that page.
        About 27 of the failures would not have occurred without it.
        The agency did not name a time zone.
        The live index was not asked.
        The job failed to start at midnight.
        The upload failed twice.
        Had the date passed when the notice went out?
        The specialist did not have access to the directory.
        The team did not exist before May.
        Requests that nobody assessed are not counted.
        A person has yet to state the cause.
        The reviewer had the list that the tool offered.
        If a request has no date, the form asks for one.
        The tool did not show the second account.
        “I should have looked”, the reviewer said.
        The note did not reach the night shift.
        """,
    "normative": """
        The check compares the cover sheet with the form.
        Records of the wrong account were delivered.
        The production went to the wrong agency.
        The checklist asks whether a match is on file.
        The interval is wide.
        The rate lies above the target of the rubric.
        Too few failures lie before the change.
        The request was returned for lack of a stated time.
        The action is graded weaker.
        The item is scored against rubric 3.
        The court accepted the return.
        The date format differs from the agency's.
        The proper name of the form is R-12.
        The queue had no owner from May on.
        The answer met the deadline.
        The policy names three conditions.
        The tool holds one account for an address.
        “The check was inadequate”, wrote the agency.
        The property of the field is not shown.
        The estimate rests on the random sample.
        The evidence is rated B2.
        The decision is that of counsel.
        """,
    "vague": """
        The date is shown as day and month in digits.
        The export begins at midnight UTC.
        The hold ends after 90 days.
        Requests with the template fail more often than others.
        The newest periods are not yet complete.
        Some segments fail more often than the rest.
        The number of clicks fell from 14 to 9.
        The release was on 2 June 2025.
        The most recent period is left out.
        The tool seeds the field with the last value.
        A person checks the date before delivery.
        The queue has two members.
        The order lists the categories one by one.
        The property is read from one setting.
        The notice is due within 14 days of the end.
        As soon as the order ends, the timer starts.
        Something unrecorded would look the same.
        A failure of this kind arises at the production stage.
        “Various things went wrong”, said the reviewer.
        Counsel was told on 11 September.
        The training module on redaction is held in week three.
        A regular expression reads the date.
        The issue number is on the ticket.
        """,
    "named": """
        The specialist typed the dates.
        The team lead moved the queue.
        The request came to Dublin in May 2024.
        The interval is a Wilson interval.
        Agreement is Krippendorff's alpha.
        The tool reads Spanish and German.
        The Stored Communications Act applies.
        Counsel asked the Dublin team on Monday.
        Write to lert@example.org.
        The reviewer in Singapore opened the file.
        Papermill runs the notebook.
        Template S-0145 is in use.
        Quality reviewer, intake specialist and counsel were asked.
        The Team Lead Meeting is on Friday.
        Microsoft Teams showed the note.
        The Specialist Handbook names the step.
        The agency is in San Antonio.
        Release 4.1.2 was frozen.
        May 2024 is the month of the change.
        Queue Q-D2 has no owner.
        The District Court for Northern Virginia set the date.
        Cohen's kappa was computed for item M5.
        The operations manager agreed on 2 June.
        """,
    "graphic": """
        The report concerns CSAM.
        The account was reported for sexual abuse of a child.
        The file holds graphic material, coded severity 3.
        The request names a serious violent offence.
        The child-safety report was kept for 90 days.
        The CyberTipline report was released.
        The reader can skip this section.
        The figure is a bar chart.
        The emergency concerned a threat to a person.
        The person was found safe.
        The grape harvest delayed the court.
        The blood test result was redacted.
        The material is kept in the vault.
        The specialist took sick leave.
        The content note names the category.
        The preservation ended early.
        The victim's name is sealed.
        The scheme of codes has four levels.
        The reviewer asked for a break after the session.
        The penetration test is due in June.
        Detail level L1 is the default.
        """,
    "figure": """
        The term is 90 days.
        The term is one year.
        Release 4.1.2 holds the change.
        The change is of 2 June 2025.
        The export starts at 00:00 UTC.
        Item M5 was scored in both wordings.
        The form has two boxes.
        Step 3 of 5 is the scope review.
        See page 2 of 4.
        Case ESC-0042 was opened on 11 September 2025.
        The notice is due within 14 days.
        Policy 2025.2 came into force in August.
        The agency called three times.
        The reviewer looked twice.
        The most recent release is 7.1.
        The most likely cause is the template.
        18 U.S.C. 2703(d) applies.
        One of the two boxes was ticked.
        The queue with the most requests is Q-D2.
        At most two people may hold the role.
        The second half of the page is folded away.
        “Half of them are late”, the agency wrote.
        The third quarter begins in July.
        The line is staffed 24/7.
        The export takes two clicks and a date.
        """,
}


def lines(table):
    return [(rule, text.strip()) for rule, block in table.items() for text in block.strip().splitlines()]


@pytest.mark.parametrize(("rule", "sentence"), lines(FIRING))
def test_words_that_a_review_avoids_are_remarked_on(rule, sentence):
    remarks = check_language(sentence, names=STAFF, rules=[rule])

    assert remarks
    assert all(
        one.rule == rule and one.found and one.found in sentence and one.why == RULES[rule] and one.better
        for one in remarks
    )


@pytest.mark.parametrize(("rule", "sentence"), lines(LEFT_ALONE))
def test_plain_and_exact_sentences_are_left_alone_by_every_rule(rule, sentence):
    assert [(one.rule, one.found) for one in check_language(sentence, names=STAFF)] == []


EFFECT = "day and month were exchanged in the end date"
EVENT = "a user was notified while the order still stood"

CAUSAL_FIRING = {
    "link": [
        ("Fatigue", EFFECT, EVENT),
        ("Lack of training", EFFECT, EVENT),
        ("The specialist", EFFECT, EVENT),
        ("Human error", EFFECT, EVENT),
        ("Poor communication", EFFECT, EVENT),
        ("Workload and staffing", EFFECT, EVENT),
        ("New template", EFFECT, EVENT),
        ("Tool change", EFFECT, EVENT),
        ("The new release", EFFECT, EVENT),
        ("Organisational culture", EFFECT, EVENT),
        ("Time zone", EFFECT, EVENT),
        ("Training.", EFFECT, EVENT),
        ("Workload", EFFECT, EVENT),
        ("", EFFECT, EVENT),
        ("The field shows digits only", "", EVENT),
        ("The field shows digits only", EFFECT, "  "),
        ("The field shows digits only", " . ", EVENT),
        ("Human factors", EFFECT, EVENT),
        ("High workload in the team", EFFECT, EVENT),
        ("The template", EFFECT, EVENT),
        ("Staffing", EFFECT, EVENT),
        ("Time pressure.", EFFECT, EVENT),
        ("Communication", EFFECT, EVENT),
        ("The export template", EFFECT, EVENT),
        ("Stress and fatigue", EFFECT, EVENT),
        ("The new tool", EFFECT, EVENT),
        ("Policy", EFFECT, EVENT),
        ("The field shows digits only", "a user was notified too early", "A user was notified too early."),
        ("The deadline was missed", "The deadline was missed.", EVENT),
        ("The field shows digits only", "the notice was sent early", "the notice was sent early by the timer"),
        ("The timer kept the earlier term", EFFECT, "the earlier term was kept by the timer"),
        ("Specialist experience", EFFECT, EVENT),
    ],
    "descriptor": [
        ("An inadequate checklist at intake", EFFECT, EVENT),
        ("The poorly designed export page", EFFECT, EVENT),
        ("Vague wording in section 3 of the policy", EFFECT, EVENT),
        ("A sloppy handover from the day shift", EFFECT, EVENT),
        ("The instructions were not properly updated", EFFECT, EVENT),
        ("The screen gives insufficient information on the zone", EFFECT, EVENT),
        ("The guidance was unclear about dates", EFFECT, EVENT),
        ("Some issues with the directory feed", EFFECT, EVENT),
        ("A careless change to the default in release 4.2", EFFECT, EVENT),
        ("The handover note was poorly written", EFFECT, EVENT),
        ("The checklist was inadequate for bulk files", EFFECT, EVENT),
        ("A careless reading of the order at night", EFFECT, EVENT),
        ("Lack of training on the date field", EFFECT, EVENT),
        ("The screen was badly laid out", EFFECT, EVENT),
        ("The page has various issues", EFFECT, EVENT),
        ("The wording of the rule is confusing", EFFECT, EVENT),
        ("The instruction for dates was unclear", EFFECT, EVENT),
        ("Insufficient time for each request", EFFECT, EVENT),
        ("The field shows digits only", "the dates were not properly read", EVENT),
        ("The field shows digits only", "poor decisions about the date", EVENT),
        ("The field shows digits only", "sloppy entry of dates", EVENT),
        ("Miscommunication between the shifts", EFFECT, EVENT),
        ("The design of the queue is suboptimal", EFFECT, EVENT),
        ("A weak control at intake", EFFECT, EVENT),
        ("Bad lighting of the preset line", EFFECT, EVENT),
        ("The manual was too complicated for night work", EFFECT, EVENT),
        ("Inappropriate defaults in the export template", EFFECT, EVENT),
        ("Several clicks lie between the order and the field", EFFECT, EVENT),
        ("Deficient labels on the form", EFFECT, EVENT),
        ("Negligent set-up of the timer in May", EFFECT, EVENT),
    ],
    "human_error": [
        ("The analyst typed the wrong time zone", EFFECT, EVENT),
        ("A reviewer misread the order", EFFECT, EVENT),
        ("Intake mixed up two accounts", EFFECT, EVENT),
        ("The specialist clicked the wrong button", EFFECT, EVENT),
        ("The clerk confused a subpoena with a warrant", EFFECT, EVENT),
        ("A slip in the date field", EFFECT, EVENT),
        ("The specialist forgot to press save", EFFECT, EVENT),
        ("The second page was overlooked", EFFECT, EVENT),
        ("The date was mistyped", EFFECT, EVENT),
        ("The engineer made a mistake in the mapping", EFFECT, EVENT),
        ("The specialist selected the wrong template by accident", EFFECT, EVENT),
        ("Reviewer error at the scope step", EFFECT, EVENT),
        ("The digits were swapped by the specialist", EFFECT, EVENT),
        ("The specialist misjudged the urgency", EFFECT, EVENT),
        ("The specialist missed the second identifier", EFFECT, EVENT),
        ("The account number was entered incorrectly", EFFECT, EVENT),
        ("The wrong agency was selected from the list", EFFECT, EVENT),
        ("The specialist mistyped the end date", EFFECT, EVENT),
        ("The reviewer overlooked the second page", EFFECT, EVENT),
        ("The analyst forgot the extension", EFFECT, EVENT),
        ("The reviewer missed the banner", EFFECT, EVENT),
        ("The order was misread at intake", EFFECT, EVENT),
        ("The specialist entered the wrong date", EFFECT, EVENT),
        ("A slip while typing the end date", EFFECT, EVENT),
        ("Human error at intake on that day", EFFECT, EVENT),
        ("An error by the specialist in the date field", EFFECT, EVENT),
        ("The specialist confused the two accounts", EFFECT, EVENT),
        ("The two accounts were mixed up by the analyst", EFFECT, EVENT),
        ("The wrong file was attached to the reply", EFFECT, EVENT),
        ("The specialist picked the wrong account", EFFECT, EVENT),
        ("A typo in the address of the agency", EFFECT, EVENT),
        ("The reviewer misunderstood the order", EFFECT, EVENT),
        ("The specialist accidentally closed the task", EFFECT, EVENT),
        ("A mix-up of two look-alike names", EFFECT, EVENT),
        ("The engineer transposed two digits", EFFECT, EVENT),
        ("The reviewer did not notice the second page", EFFECT, EVENT),
        ("A data-entry error in the end date", EFFECT, EVENT),
        ("The files were sent by mistake to the other agency", EFFECT, EVENT),
    ],
    "procedure": [
        ("The reviewer did not follow the two-person rule", EFFECT, EVENT),
        ("The call-back was bypassed by the night shift", EFFECT, EVENT),
        ("Specialists skip the date comparison on busy days", EFFECT, EVENT),
        ("The step was skipped", EFFECT, EVENT),
        ("A workaround used by the team for archive exports", EFFECT, EVENT),
        ("The specialist deviated from the policy", EFFECT, EVENT),
        ("Non-compliance with the call-back procedure", EFFECT, EVENT),
        ("The checklist was not followed", EFFECT, EVENT),
        ("The analyst ignored the escalation procedure", EFFECT, EVENT),
        ("Staff went around the approval step", EFFECT, EVENT),
        ("The order was processed in violation of the policy", EFFECT, EVENT),
        ("The guide was not adhered to", EFFECT, EVENT),
        ("The policy was violated by the intake team", EFFECT, EVENT),
        ("The specialist did not follow the checklist", EFFECT, EVENT),
        ("The reviewer skipped the second check", EFFECT, EVENT),
        ("The second-person check was skipped", EFFECT, EVENT),
        ("The team bypassed the call-back", EFFECT, EVENT),
        ("A deviation from the procedure at intake", EFFECT, EVENT),
        ("The specialists deviated from the handbook", EFFECT, EVENT),
        ("A workaround of the night shift for bulk files", EFFECT, EVENT),
        ("Non-compliance with the retention policy", EFFECT, EVENT),
        ("The analyst violated the disclosure policy", EFFECT, EVENT),
        ("The reviewer circumvented the approval step", EFFECT, EVENT),
        ("The procedure was not followed at night", EFFECT, EVENT),
        ("The specialist worked around the scope review", EFFECT, EVENT),
        ("The specialist took a shortcut at the scope review", EFFECT, EVENT),
        ("Files were delivered contrary to the policy", EFFECT, EVENT),
        ("The lead overrode the warning on the page", EFFECT, EVENT),
        ("The reviewer omitted the comparison step", EFFECT, EVENT),
        ("Staff ignored the protocol for emergencies", EFFECT, EVENT),
        ("The specialist disabled the scope check", EFFECT, EVENT),
        ("The team broke the rule on second readers", EFFECT, EVENT),
        ("The desk did not adhere to the guideline", EFFECT, EVENT),
        ("Steps were done out of sequence by the analyst", EFFECT, EVENT),
    ],
    "duty": [
        ("No one looked at the queue Q-D2", EFFECT, EVENT),
        ("The timer alert was not answered", EFFECT, EVENT),
        ("The specialist did not confirm the address", EFFECT, EVENT),
        ("The manager did not assign an owner", EFFECT, EVENT),
        ("Nobody told the Dublin team", EFFECT, EVENT),
        ("The notice was not sent", EFFECT, EVENT),
        ("The review was not carried out", EFFECT, EVENT),
        ("The team omitted the comparison of dates", EFFECT, EVENT),
        ("Absence of a second review", EFFECT, EVENT),
        ("Counsel was never consulted", EFFECT, EVENT),
        ("The engineer failed to update the mapping", EFFECT, EVENT),
        ("The reviewer never opened the files", EFFECT, EVENT),
        ("No second check was performed", EFFECT, EVENT),
        ("The absence of any verification at night", EFFECT, EVENT),
        ("The hold was left without extension and nobody asked", EFFECT, EVENT),
        ("The specialist did not call the agency", EFFECT, EVENT),
        ("Nobody watched the queue", EFFECT, EVENT),
        ("No one extended the hold", EFFECT, EVENT),
        ("The second look was not done", EFFECT, EVENT),
        ("The review of scope was omitted", EFFECT, EVENT),
        ("The absence of a check before delivery", EFFECT, EVENT),
        ("The team failed to tell counsel", EFFECT, EVENT),
        ("The notice was never sent to the user", EFFECT, EVENT),
        ("The reviewer didn't open the second file", EFFECT, EVENT),
        ("The hold was not extended in time", EFFECT, EVENT),
        ("Failure to escalate the request at night", EFFECT, EVENT),
        ("A missing second-person check at delivery", EFFECT, EVENT),
        ("No call was made to the agency", EFFECT, EVENT),
        ("The files were sent without checking the range", EFFECT, EVENT),
        ("The manager took no action on the ticket", EFFECT, EVENT),
        ("Counsel was not told about the order", EFFECT, EVENT),
        ("The analyst neglected the list of holds", EFFECT, EVENT),
        ("Not checking the directory before delivery", EFFECT, EVENT),
        ("The omission of the call-back on that day", EFFECT, EVENT),
        ("The queue was left unwatched from May on", EFFECT, EVENT),
        ("The engineers had not updated the directory", EFFECT, EVENT),
    ],
}

GOOD_CAUSES = (
    "The export template starts every range at midnight UTC",
    "The call-back task closes by itself for listed domains",
    "The export page shows no time zone beside the date",
    "The queue is not on the shift plan of any team",
    "The reviewer's checklist reads the dates from the cover sheet",
    "The legal hold timer uses one setting for every kind of hold",
    "The directory is refreshed once a year",
    "The policy reads differently in Spanish and in English",
    "Account names that differ by one character are listed side by side",
    "The default preset includes every category of data",
    "The second-person check compares the form with the cover sheet only",
    "Release 4.2 went live on a Monday, with the note sent on Friday",
    "Forty open requests for each specialist in the week of the event",
    "The notice group was dissolved and its queue moved to no team",
    "The bulk loader does not call the hold service",
    "The tool accepts a date without a month name",
    "The message catalogue is updated in English alone",
    "The form places the subpoena box above the warrant box",
    "The archive part arrives after the request is closed",
    "The index keeps the earlier holder of an address for 30 days",
    "A field that accepts day and month in both orders",
    "A template whose preset names all categories",
    "The rubric counts the certificate and the tag as one item",
    "Alerts go to a mailbox that nobody owns",
    "The system skips the approval for requests under ten accounts",
    "The search page hides closed accounts",
    "The dialog does not ask for confirmation",
    "The routing table names a team that was dissolved in February",
    "The shift plan has no Spanish reader on weekday nights",
    "The tool does not compare the address with the directory",
    "The redaction viewer draws boxes over text and keeps the text below",
    "The date field shows day and month as digits",
    "The screen shows no month name",
    "The rule closes the task",
    "The fast path bypasses the call-back for listed domains",
    "The tool skips the second check for known domains",
    "The preset line is folded away on the export page",
    "The preset all_content in the export template",
    "Two accounts with names that differ by one letter stand next to each other",
    "The resolver answers from a cache that is refreshed once a week",
    "The timer holds one term for every kind of hold",
    "The Spanish wording of the policy asks for a stated moment",
    "The checklist asks whether a match is on file",
    "The cover sheet takes its dates from the form and not from the files",
    "The routing rule sent requests to a queue on no shift plan",
    "The directory keeps an address after the agency has moved",
    "The loader of bulk files calls another service than the form",
    "The form gives no warning when a date lies after the end of the order",
    "The field does not show the month",
    "The parser read the date in the order of another country",
    "The exporter ignored the time zone of the agency",
    "The alert of the timer goes to a mailbox that has no owner",
    "The message template names a form that was withdrawn in August",
    "Release 4.1 kept the term of 90 days that the law had changed",
    "The release note reached team leads on the last working day before the release",
)


@pytest.mark.parametrize(
    ("rule", "parts"), [(rule, parts) for rule, statements in CAUSAL_FIRING.items() for parts in statements]
)
def test_statements_that_break_a_rule_of_causation_are_remarked_on(rule, parts):
    remarks = [one for one in check_causation(*parts) if one.rule == rule]

    assert remarks
    assert all(one.why == RULES[rule] and one.better for one in remarks)


@pytest.mark.parametrize("cause", GOOD_CAUSES)
def test_statements_about_the_system_are_left_alone(cause):
    assert [(one.rule, one.found) for one in check_causation(cause, EFFECT, EVENT)] == []


@pytest.mark.parametrize(("cause", "effect", "event"), CAUSAL_FIRING["human_error"] + CAUSAL_FIRING["procedure"])
def test_an_error_or_a_departure_with_a_cause_before_it_is_left_alone(cause, effect, event):
    remarks = check_causation(cause, effect, event, preceded_by=["The page hides the preset line"])

    assert not {"human_error", "procedure"} & {one.rule for one in remarks}


@pytest.mark.parametrize(("cause", "effect", "event"), CAUSAL_FIRING["duty"])
def test_a_failure_to_act_under_a_named_duty_is_left_alone(cause, effect, event):
    remarks = check_causation(cause, effect, event, duty="Step 7 of the delivery guide of March 2024")

    assert "duty" not in {one.rule for one in remarks}


def test_parts_of_a_causal_statement_are_held_against_the_rules_of_wording():
    remarks = check_causation("The page that Ms Rivera opened shows digits only", "12% of dates were exchanged", EVENT)

    assert {one.rule for one in remarks} == {"named", "figure"}


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (
            ("The preset all_content.", "Exports wider than the warrant", "disclosure of other messages."),
            "The preset all_content increased the likelihood of exports wider than the warrant, which led to disclosure of other messages.",
        ),
        (
            ("the field shows no month name", "That day and month were exchanged", "A user was notified early."),
            "The field shows no month name; this increased the likelihood that day and month were exchanged, "
            "which led to a user being notified early.",
        ),
        (
            (
                "A cache refreshed once a week",
                "of a match with an earlier holder",
                "which led to records of another account being delivered",
            ),
            "A cache refreshed once a week increased the likelihood of a match with an earlier holder, "
            "which led to records of another account being delivered.",
        ),
        (
            ("Two terms in one setting", "the hold ended early", "CSAM reports were no longer held"),
            "Two terms in one setting increased the likelihood that the hold ended early, which led to CSAM reports being no longer held.",
        ),
        (
            (
                "A queue on no shift plan increased the likelihood of",
                "requests that wait",
                "the the return date passed",
            ),
            "A queue on no shift plan increased the likelihood of requests that wait, which led to this: the return date passed.",
        ),
    ],
)
def test_a_causal_statement_reads_as_one_sentence(parts, sentence):
    assert causal_sentence(*parts) == sentence


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It held. It ended on 2 June 2025. See p. 3.", ["It held.", "It ended on 2 June 2025.", "See p. 3."]),
        ("Tool 4.2 came e.g. to Dublin. Was it new? Yes!", ["Tool 4.2 came e.g. to Dublin.", "Was it new?", "Yes!"]),
        ("Dr. Chen read 18 U.S.C. 2703(d). It applies.", ["Dr. Chen read 18 U.S.C. 2703(d).", "It applies."]),
        ("One line\nand its end.\n\nAnother one", ["One line and its end.", "Another one"]),
        ("- first item\n- second item", ["first item", "second item"]),
        ("He said “It works. We are done.” Then it stopped.", ["He said “It works. We are done.”", "Then it stopped."]),
        ("Dates, zones, etc. The rest is set.", ["Dates, zones, etc.", "The rest is set."]),
        ("It ended at 5 p.m. Counsel was told.", ["It ended at 5 p.m.", "Counsel was told."]),
        ("See ESC-0042. Option B. Nothing else.", ["See ESC-0042.", "Option B.", "Nothing else."]),
        ("", []),
    ],
)
def test_a_text_is_split_where_its_sentences_end(text, sentences):
    assert list(split_sentences(text)) == sentences


def test_an_apostrophe_is_no_quotation_mark():
    assert hide_quotations("The team’s list and the agencies' notes aren't sealed.") == (
        "The team’s list and the agencies' notes aren't sealed."
    )


def test_quoted_words_are_left_alone_but_names_and_graphic_words_in_them_are_not():
    text = "The note said “the careless Ms Rivera should have read the horrific file in 12% of cases”."

    assert [(one.rule, one.found) for one in check_language(text)] == [("named", "Ms Rivera"), ("graphic", "horrific")]


def test_a_better_form_of_the_sentence_is_given_where_words_can_be_swapped():
    assert check_language("Various teams use it.", rules=["vague"])[0].better == "[number] teams use it."
    assert check_language("The file was child porn.", rules=["graphic"])[0].better == "The file was CSAM."


def test_a_remark_tells_all_there_is_to_know():
    assert check_language("Ask Ms Rivera.") == (
        Remark(
            rule="named",
            sentence="Ask Ms Rivera.",
            found="Ms Rivera",
            why=RULES["named"],
            better="Name the role in place of “Ms Rivera”: “the specialist”, “the reviewer”, “the team lead”.",
        ),
    )


def test_a_rule_that_does_not_exist_is_refused():
    with pytest.raises(UsageError, match="Rule “tone” is no rule of wording"):
        check_language("It held.", rules=["tone"])


def test_the_order_of_names_does_not_matter():
    text = "S-014 and Jane Doe asked Nowak."

    assert check_language(text, names=STAFF) == check_language(text, names=tuple(reversed(STAFF)))
    assert [one.found for one in check_language(text, names=STAFF)] == ["S-014", "Jane Doe", "Nowak"]


STORIES = sorted((Path(__file__).parents[3] / "rca_lib/data/example/stories").glob("esc_*.toml"))


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_titles_and_actions_of_the_example_are_fair_to_people(path):
    story = tomllib.loads(path.read_text(encoding="utf-8"))
    texts = [story["title"], story["summary"], *(action["description"] for action in story["actions"])]

    found = [
        one
        for text in texts
        for one in check_language(text, rules=["blame", "counterfactual", "normative", "named", "graphic"])
    ]

    assert json.dumps([(one.rule, one.found) for one in found]) == "[]"
