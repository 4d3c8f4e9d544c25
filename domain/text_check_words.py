"""Words that the text check knows. Data only; the rules stand beside it.

Everything is in small letters without the "s" of a possessive. A word may be added wherever a check marks too much or
too little; the tests of the check hold prose of both sorts.
"""

from typing import Final


def listed(text: str) -> frozenset[str]:
    """The words of a list that is written as text."""
    return frozenset(text.split())


DENYING: Final = listed(
    """
    not no nor never neither without nobody none avoid avoids avoided avoiding rather instead cannot question
    questions inquiry enquiry fear culture language
    """
)
"""Words after which blame is denied, asked about or spoken of, not laid."""

BEFORE_A_DENIED_WORD: Final = listed(
    """
    a an the any anyone anybody one person people individual individuals practitioner practitioners professional
    professionals agency agencies organisation organisations staff worker workers family parent parents somebody
    someone that this it its does do did
    is are was were be been being may might can could has have had there find finds found
    finding suggest suggests say says said mean means imply implies conclude concludes seek seeks sought to of
    about into on in where as or nor how why who what whether which evidence apportion apportioning assign
    assigning attribute attributing establish establishing determine determining decide decides deciding judge
    judging ask asking look looking blame blaming fault culpable guilty negligent responsible child died review
    reviews aim aims intended meant than
    """
)
"""Words that may stand between a denial and what it denies."""

IRREGULAR_PARTICIPLES: Final = tuple(
    sorted(
        listed(
            """
    become begun brought built chosen come done drawn fallen felt foreseen forgotten found given gone got heard
    held kept known led left let lost made meant met paid put read recognised risen run said sat seen sent set
    shown sought spoken spent spotted stood taken taught thought told understood undertaken withdrawn written
    """
        )
    )
)
"""What follows "should have" in a judgement, beside the words that end in "ed"."""

MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)

FUNCTION_WORDS: Final = listed(
    """
    a about above across after again against all almost along already also although always am among an and
    another any anybody anyone anything are around as at away back be became because become been before began
    behind being below beside besides between beyond both briefly but by can cannot could despite did do does
    done down due during each earlier early eight either eleven else enough even ever every everybody everyone
    everything except few finally first five following for former formerly four from further gave generally
    given had half has have having he hence her here hers herself him himself his how however i if in indeed
    initially instead into is it its itself just last later lastly least less let like likewise little made
    mainly many may me meanwhile might mine more moreover most mostly much must my near nearly neither never
    nevertheless next nine no nobody none nonetheless nor not nothing notably now of off often on once one only
    onto or other others otherwise our ours out outside over overall own particularly per perhaps previously
    rather recently regarding same second secondly seven several shall she should similarly since six so some
    somebody someone something sometimes soon still subsequently such ten than that the their theirs them
    themselves then there thereafter therefore these they third this those though three through throughout thus
    till to together too toward towards twelve twice two under unless unlike until up upon us usually very was
    we well went were what whatever when whenever where whereas whether which while who whoever whole whom whose
    why will with within without would yes yet you your yours yesterday today tomorrow tonight
    """
)
"""Words that are never part of a name: they begin sentences."""

ORDINARY: Final = FUNCTION_WORDS | listed(
    """
    able absence abuse access accident account action actions active actual adults advice affected age agreed
    aim aims alcohol allegation alone anger angry answer anxiety anxious appendix approach appropriate area
    areas arrangement asked asking assess attempt attendance attention audit available average aware awareness
    baby background bad barrier barriers based basic bath bed bedroom begin behaviour best better big birth
    black bleeding blue body born boy boys brief briefing bring broken brown bruise bruises bruising building
    bulletin burn busy call called calls capacity care careful carer carers case cases cause challenge
    challenges change changes changing checklist chronology circumstances clear clinical close cold comment
    common communication community concern concerned concerns conclusion conclusions condition conference
    confidence confident conflict consent considered contact contacts content contents context contextual
    continuity control conversation cooperation coordination core cost cover crime criminal crisis critical
    cultural culture curiosity current daily danger data date dates day days deal death debt decision decisions
    deep definition delay delayed delays demand demands desk detail details developing development different
    difficult difficulties direct discharge disclosure discussion disguised dispute distance domestic door doubt
    draft drift drug drugs dynamics education effect effective emergency emotional engagement english
    environment episode episodes equality equipment error escalation essential ethnic ethnicity events evidence
    exact example examples excellent exercise expectations experience experiences expert explanation
    exploitation extended external eye face fact factors facts failure failures fair families family father
    fathers fear feedback feeling fieldwork final finding findings fire fixed focus food foot formal foster free
    frequent friend friendly friends front full funding future gap gaps general genogram girl girls glossary
    good grace great green grey ground group groups growing growth guidance hand handover hard harm head health
    hearing heart heavy help helpful hidden high hill hindsight history home homeless homes hope hour hours
    house household human identification identity illness immediate immigration impact implementation
    improvement improvements improving incident incidents income increased independent individual infant infants
    information initial initiative injuries injury inside insight intervention interview interviews intimate
    introduction involved involvement issue issues job joint judgement keeping key kind knowledge lack language
    large late law lead leadership leaflet learning left legal lesson lessons letter letters level levels life
    limited limits line list listening litem lived living local long loss lost love low main maintaining making
    managing mark marriage maternal matrix medical medication meeting meetings member members memory mental
    message messages method methodology methods midwifery minority missed missing misuse mixed mobile model
    models money month monthly months mother mothers movement multi multiple name narrative national natural
    nature need needs neglect network new night no-one non normal norms north note notes notification number
    observation observations old open opportunity optimism option options order orders ordinary organisation
    organisational organisations outcome outcomes overview pain paper parallel parent parental parenting parents
    part partial participation partner partners partnership partnerships past pathway pathways pattern patterns
    people perception period permanent person personal perspective perspectives physical picture pilot place
    placement places plan planning plans play please point points policies policy poor position positive poverty
    power practical practice practices practitioner practitioners pregnancy preparation present pressure
    pressures prevention previous primary principles priorities priority privacy problem problems procedure
    procedures proceedings process processes professional professionals profile progress prompt protecting
    protection protective protocol protocols psychological public purpose quality question questions quick quiet
    race raising range reading real reason reasons receiving recent recommendation recommendations record
    recording records red reference references referral referrals reflection reflections reflective refusal
    regular relationship relationships relatives religion religious removal report reporting reports request
    research resilience resolution resources response responses responsibilities responsibility result results
    return returns review reviews right rights rise risk risks role roles rose routine routines rule rules
    running safe safer safety scale scope scoping score screening seen seminar sense sensitive separate sequence
    series serious service services session sessions setting settings severe sexual share shared sharing short
    siblings sign significance significant signs silence simple single situation skills sleep sleeping small
    smoking social source sources special specialist staff staffing stage standard standards start state
    statement statutory step steps story strand strategic strategy stream strength strengths stress strong
    structure study styles substance sudden suicidal suicide summary supervision support supporting surveillance
    swiss system systemic systems table taken task tasks team teams temporary tension terms test text theme
    themes theory thinking thought threshold thresholds time timeline times timing title toddler tool toolkit
    tools top total town training transfer transition transitions trauma travel treatment trigger trust turnover
    typical unborn uncertainty understanding unit unknown unseen urgent use useful using value values victim
    views village violence violent visible visit visits voice voices voluntary vulnerability vulnerable waiting
    warning water way ways weak wednesday week weekly weeks weight welfare wellbeing west white wide wider wife
    wilful window wise woman women word words work worker workers working workload workshop world worry wound
    written wrong year years young younger youth
    """
)
"""Words that stand with a capital letter in headings and at the beginning of a sentence, and are seldom names."""

ORGANISATIONS: Final = listed(
    """
    academy advocacy agency ambulance association authority board borough cafcass campaign centre charity
    children church city coalition college commission commissioning committee community constabulary consortium
    council county court department diocese directorate district division education federation force forum
    foundation group hospital house housing inquiry institute justice maternity ministry mosque network nhs
    nurseries nursery office organisation panel parish partners partnership police practice prison probation
    project refuge royal safeguarding school schools service services social society surgery synagogue taskforce
    team temple tribunal trust union university youth hub helpline line programme report review act bill care
    """
)
"""Words after which what stands before is an organisation's or a document's name, not a person's."""

TERMS: Final = (
    ORGANISATIONS
    | frozenset(MONTHS)
    | listed(
        """
    monday tuesday wednesday thursday friday saturday sunday january christmas easter ramadan eid diwali covid
    adult annex appendix article articles adviser advisor advocate analyst annual apprentice assistant associate
    author authors bank business by-law calendar carer case cases caseworker chair chairs chairman chairwoman
    chairperson chapter chief child childhood children clerk clinic clinical clinician code commander
    commissioner complex constable consultant convention coordinator coroner councillor crown custody
    declaration deputy designated detective director directors directory doctor document domestic draft duty
    early emergency england english executive experts families family father figure finding findings foster
    framework freedom general governance government governor governors guardian guidance guide handbook head
    headteacher health help her high his home hospice housing human impact incident independent individual
    infant inspector instruction integrated interim intervention investigator involvement joint judge keeping
    key lead leader leaders learning legal letter liaison local looked lord mayor majesty manager management
    managers medical meeting member members memorandum mental midwife midwifery midwives mother multi-agency
    named national notes notification northern nurse nurses nursing officer officers operation order overview
    paediatric paediatrician paper parent parents part people period person plan planning plans pm policy post
    practitioner practitioners prime principal procedure procedures professional professionals protection
    protocol psychiatrist psychologist public quality queen king question record records recommendation referral
    register registered registrar regulation regulations response rights risk role royal rules schedule science
    scheme secretary section senior sergeant serious sibling siblings single sister brother solicitor special
    specialist staff standard standards state statutory strategy student subgroup sub-group superintendent
    supervisor support surgeon table teacher team technical terms therapist threshold together training treasury
    troubled unit universal version victim visitor visitors visiting volume ward welfare wales scotland ireland
    britain british irish scottish welsh worker workers working workforce young north south east west southern
    eastern western upper lower great greater new old saint st street road avenue lane close park bridge station
    airport river mount lake isle coast valley bay hill christian muslim jewish hindu sikh catholic anglican
    polish romanian somali nigerian pakistani bangladeshi indian chinese european african asian caribbean
    american french german spanish portuguese italian turkish kurdish arabic urdu bengali punjabi gypsy roma
    traveller university teams zoom google microsoft facebook whatsapp instagram snapchat childline barnardo
    """
    )
)
"""Words of organisations, roles, documents, regions and the calendar: a run of capital letters is cut at them."""

PLACES: Final = listed(
    """
    london birmingham manchester liverpool leeds sheffield bristol bradford leicester coventry nottingham
    newcastle sunderland brighton hull plymouth wolverhampton derby southampton portsmouth norwich oxford
    cambridge york cardiff swansea newport belfast derry edinburgh glasgow aberdeen dundee cornwall devon dorset
    somerset wiltshire hampshire surrey sussex kent essex suffolk norfolk lincolnshire yorkshire lancashire
    cumbria durham northumberland cheshire derbyshire staffordshire shropshire herefordshire worcestershire
    warwickshire gloucestershire oxfordshire berkshire buckinghamshire hertfordshire bedfordshire cambridgeshire
    northamptonshire leicestershire rutland nottinghamshire midlands thames humber tyne wear mersey merseyside
    cleveland teesside europe africa asia america australia zealand canada india pakistan bangladesh nigeria
    ghana somalia kenya uganda eritrea ethiopia sudan egypt syria iraq iran afghanistan turkey poland romania
    bulgaria hungary albania lithuania latvia ukraine russia france germany spain portugal italy greece
    netherlands belgium sweden norway denmark finland jamaica trinidad brazil china vietnam philippines lanka
    leone arabia emirates kong kingdom states republic keynes hamlets riding wight lynn regis spa
    """
)
"""Names of towns, counties and countries. Small places are left out: they identify."""

GENERIC_PLACE_WORDS: Final = listed(
    """
    primary secondary infant infants junior senior middle high grammar comprehensive special nursery boarding
    independent state local general acute teaching district community children child regional specialist private
    maternity day hospital school college academy health medical family care first prep preparatory pre
    pre-school catholic ce cofe rc voluntary aided foundation free upper lower st pupil referral walk-in sixth
    and mental military field church england wales roman
    """
)
"""Words that say of what sort a school or hospital is, and not which."""

TWO_LETTERS: Final = listed(
    """
    GP GPs UK EU UN US IT HR PC DS DC DI PS NI AE ED QM SW HV MP ID TV CP CE PE AM PM LA CT MR NG OK OT PR TA TB
    UV VS WT EH NB PO QA QC KC RE RO SI AD BC BP IQ IV VI XI II IX IN IS AT OR OF ON NO TO DO IF AS BY HE WE ME
    MY SO UP AN BE GO CQ CC CV DV DA FE JP LD MH NN NP PA PD PP RN RC SA SN SS ST TM VC WC YP YJ LP FM HS HT CO
    """
)
"""Two capital letters that are no initials, with words that stand in headings."""

COMMON_DIAGNOSES: Final = listed(
    """
    adhd add asd autism autistic asperger attention asthma anxiety arthritis bipolar bronchiolitis cancer covid
    covid-19 depression diabetes down dyslexia epilepsy eczema hiv learning mental ocd post-natal post-partum
    postnatal ptsd post-traumatic reflux schizophrenia type pneumonia
    """
)
"""Illnesses so common that they identify nobody by themselves."""

PUBLIC_SITES: Final = listed(
    """
    gov.uk legislation.gov.uk assets.publishing.service.gov.uk nice.org.uk nhs.uk england.nhs.uk nspcc.org.uk
    learning.nspcc.org.uk scie.org.uk rcpch.ac.uk judiciary.uk ofsted.gov.uk cqc.org.uk ico.org.uk
    researchinpractice.org.uk doi.org
    """
)
"""Where guidance, law and research are published."""

NOT_REGISTRATION_LETTERS: Final = "AND|ARE|BUT|FOR|HAD|HAS|HER|HIS|NOT|THE|WAS|WHO"
"""Words in capital letters that may follow an area's letters and number."""
