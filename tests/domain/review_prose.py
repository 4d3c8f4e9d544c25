"""Prose as reviews write it, made up: some that a text check must leave alone, and some that it must mark."""

WITHOUT_MARKS = (
    """
1. Introduction

1.1 This Serious Case Review was commissioned by the Northbridge Safeguarding Children Board under Working Together
to Safeguard Children 2015. The purpose of a review is to learn. It is not an inquiry into how a child died, nor does
it seek to establish who is culpable or to apportion blame; those are matters for the coroner and the criminal
courts. Staff took part in a spirit of openness, without fear of being blamed.

1.2 The Lead Reviewer met practitioners from Northbridge Children's Services, Northbridge Police, Northbridge
Housing, the Integrated Care Board and the Mental Health Trust. The Panel Chair is independent of all agencies.
Independent Management Reports were received from eight agencies, and the Board Business Manager kept the record.
Child K's mother and grandmother met the reviewers twice at home.
""",
    """
Finding 1: Thresholds for neglect

The category of registration was abuse or neglect. Child K was diagnosed with failure to thrive as an infant and was
known to the paediatric dietitian. The health visitor weighed the baby each month, and the growth chart showed a slow
fall over the winter of 2014. Health visitors described caseloads of more than 400 families. The responsible
clinician did not have access to the community record; two systems were in use that could not exchange information,
and practitioners relied on the parents to carry news between them. In this context it made sense to wait for the
next appointment.

How usual is this? Practitioners in three other localities said that they work in the same way. Audits in April and
May 2016 found that in nearly half of the cases no chronology had been shared before the conference. When concern is
spread over many contacts, each of them looks small. The risk of harm grew slowly and was hard to see from any one
place.

Question for the Board: What would have to be in place so that every school should have a named professional to turn
to? Every agency should have agreed procedures for step-down, and staff should have time for supervision.
""",
    """
Good practice

The school nurse noticed that the older sibling was tired, listened to him, and made a plan with the class teacher.
Her manager made time for reflective supervision. The Family Nurse Partnership offered weekly visits. The
Multi-Agency Safeguarding Hub shared what it knew on the same day. A Strategy Discussion was held with the police,
and an Initial Child Protection Conference followed within 15 working days. The eight-week check was brought forward
by the GP.

Early Help was offered three times. The mother told the review that she felt guilty about asking for help, and that
she blamed herself. "Nobody was unkind," she said, "but everybody was busy." In her words, the heating in the flat
was faulty and the landlord did not answer. The father was on remand; he later pleaded guilty to an unrelated
offence. The police had begun a murder investigation, and the review paused its conversations with family members
while the Crown Prosecution Service considered its decision.
""",
    """
Research and Guidance

Human beings are inclined to see what they expect (confirmation bias), and hindsight bias makes the past look simpler
than it was. Professional Curiosity is a term that many staff know, but few had the conditions in which to practise
it. The Munro Review of Child Protection (2011), Working Together 2015 and the Children Act 1989 (section 47) all ask
agencies to share information early. Statutory guidance published on 26 March 2015 is cited at
https://www.gov.uk/government/publications/working-together. The Royal College of Nursing and the Royal College of
Paediatrics and Child Health have issued advice on babies under four weeks old. The Department for Education, Ofsted
and the Care Quality Commission were told of the timetable.

The Data Protection Act 2018 and the Human Rights Act 1998 were considered. References to the Domestic Abuse Bill and
to the Nottinghamshire and Greater Manchester pilots are taken from public reports. Milton Keynes and Tower Hamlets
have tried a similar approach. In Scotland and Northern Ireland different rules apply.
""",
    """
Terms of Reference

Key Lines Of Enquiry
Key Practice Episodes
Adverse Childhood Experiences
The Voice Of The Child
Think Family
Disguised Compliance
Start Again Syndrome
Appendix A: Glossary
CIN: Child in Need. LADO: Local Authority Designated Officer. CAMHS: Child and Adolescent Mental Health Services.

The period under review runs from January 2013 to October 2015. On Monday the family moved to temporary accommodation
in another borough. By Easter the Team Around the Child had met four times. Mother A, Father B and Sibling 2 are
described by letters that are not their initials. Dr A and Social Worker 1 left during the period. Some Polish and
Romanian families told the Refuge that letters in English were hard to follow. The Head Teacher and the Designated
Safeguarding Lead described the change of IT systems in the autumn term. A Level 3 referral was made to the Youth
Offending Service. Section 17 support ended in July.
""",
)

WITH_MARKS = """
Sarah Holdsworth (DOB 14/02/2014) lived with her mother, Donna, at Flat 3, 27 Larch Avenue, NB4 7QT. PC Jones and the
social worker Mrs Patel failed to see the obvious signs. Both of them should have known that the baby was at risk,
and the health visitor was negligent. It was a missed opportunity that could have prevented the death. SH was aged 11
weeks and 2 days when she was taken to Northbridge General Hospital. Dr Okafor's notes give the NHS number 943 476
5919. The injuries were inflicted by her stepfather, who is a murderer, and the council is to blame. Crime number
42/CR/10917/15 refers. The older boy went to Elmfield Primary School. He can be reached on 07700 900123 or at
d.holdsworth@mail.example.
"""
