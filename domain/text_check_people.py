"""Titles, kinship and first names by which the text check knows that a name of a person follows. Data only."""

from typing import Final

from domain.text_check_words import listed

TITLES: Final = listed(
    """
    mr mrs ms miss mx dr doctor prof professor sir lady lord dame rev reverend fr pc wpc pcso dc ds di dci dsi
    dcs sgt sergeant inspector superintendent constable councillor cllr judge justice imam rabbi pastor nurse
    sister matron midwife auntie aunt uncle gran granny grandma grandad grandpa nana nan headteacher
    """
)
"""They stand with a capital letter before a name."""

BEFORE_NAMES_ONLY: Final = listed("mr mrs ms mx dr prof pc wpc pcso sgt cllr")
"""Titles after which any word with a capital letter is a name, even "Young" or "Court"."""

ROLE_TITLES: Final = listed(
    """
    worker visitor nurse midwife teacher headteacher officer constable sergeant inspector detective consultant
    paediatrician psychiatrist psychologist therapist solicitor manager supervisor doctor gp childminder
    """
)
"""Roles, in small letters too, after which a word with a capital letter is somebody's name."""

RELATIONS: Final = listed(
    """
    mother father mum dad stepmother stepfather step-father step-mother parent brother sister half-brother
    half-sister sibling twin son daughter husband wife partner boyfriend girlfriend fiancé cousin nephew niece
    grandmother grandfather neighbour friend lodger called named
    """
)
"""After which a single word with a capital letter is somebody's first name."""

CITED: Final = frozenset(
    (
        *("lord laming", "eileen munro", "professor munro", "professor eileen munro", "victoria climbié"),
        *("victoria climbie", "marian brandon", "professor brandon", "peter sidebotham", "alan wood"),
    )
)
"""People whose published work a review cites."""

FIRST_NAMES: Final = listed(
    """
    aaliyah aaron abbie abby abdul abdullah abigail abu ada adam adele adrian agnes ahmad ahmed aidan aiden
    aimee aisha ajay alan alasdair alastair albert alec alex alexander alexandra alexis alfie alfred ali alice
    alicia alison alistair allan alma alyssa amanda amara amber amelia amina amir amit amy ana anastasia andre
    andrea andreea andrei andrew andrzej andy aneta angel angela angus anil anita ann anna anne annie anthony
    antonio anya april archie aria ariana arjun arthur arun asha ashley asif aubrey audrey austin ava axel ayaan
    ayesha aylin babar barbara barry beata beatrice becky ben benjamin bernadette bernard beth bethan bethany
    betty beverley bilal bill billy bob bobby bonnie brandon brenda brendan brian bridget bronwen bronwyn bruce
    bryan caitlin callum calum cameron camilla carl carla carmen carol caroline carolyn carrie cassandra
    catherine cathy cecilia ceri chantelle charlene charles charlie charlotte chelsea cheryl chioma chloe chris
    christian christina christine christopher ciara claire clara clare claudia clive colette colin connor conor
    corey courtney craig cristian curtis cynthia daisy damian damien dan daniel daniela danielle danny darius
    darren daryl dave david dawn dean deborah debbie declan deepak delroy demi denise dennis derek dermot
    desmond diana diane dilys dinesh dominic dominik donald donna doreen doris dorota dorothy douglas duncan
    dylan ebony eddie edith edward efua eileen elaine eleanor elena eli elias elijah elizabeth ella ellen ellie
    elliot ellis elsie emeka emily emma emmanuel eric erica erin esme esther ethan eva evan eve evelyn evie ewa
    ewan faisal farah farhan fatima fatou fatuma felicity felix finlay fiona florence frances francesca francis
    frank fraser fred freddie frederick freya funmi gabriel gabriela gareth gary gavin gemma gene geoff geoffrey
    george georgia georgina gerald gerard gillian gina giovanni gladys glen glenn gloria gordon grace graeme
    graham grant greg gregory greta gurpreet guy gwen habiba hamza hannah hanna harold harpreet harriet harrison
    harry harvey hasan hassan hayden hayley hazel heather heidi helen helena henry hilary hollie holly hope
    howard hugh hugo humphrey husna hussain hussein iain ian ibrahim ida idris ifeoma ikram ilyas imran india
    ines ingrid ioana iqra irene iris isaac isabel isabella isabelle isla ismail isobel ivan ivy iwona jack
    jackie jackson jacob jacqueline jade jaden jake jakub jamal james jamie jan jane janet janice jasmine jason
    jaspreet jay jayden jean jeff jeffrey jenna jennifer jenny jeremy jermaine jerome jess jesse jessica jill
    jim jimmy joan joanna joanne jodie joe joel john johnny jon jonah jonathan jordan joseph josephine josh
    joshua joy joyce juan jude judith julia julian julie juliet justin justyna kaden kai kamal kamila karen
    karim karl karolina kate katarzyna katherine kathleen kathryn kathy katie katy kay kayleigh keira keith
    kelly kelvin ken kenneth kerry kevin khadija khalid kieran kim kimberley kiran kirsten kirsty kofi krishna
    kristina krystyna krzysztof kwame kyle kylie lacey lakshmi lara larry latoya laura lauren laurence lauryn
    layla leah leanne lee leila lena leo leon leonard leroy leslie lewis lexi liam lianne lilian lily linda
    lindsay lindsey lisa lloyd logan lois lola loretta lorna lorraine louis louisa louise luca lucas lucy luis
    luke lydia lynda lynette lynn lynne mabel maciej madeleine madison magdalena maggie mahmoud maisie malcolm
    malgorzata malik mandeep mandy manjit marc marcel marcia marcin marcus margaret maria mariam marian marie
    marilyn mario marion marjorie mark marlene marta martha martin martyn mary maryam mateusz mathew matilda
    matt matthew maureen maurice max maya megan mehmet meera mei melanie melissa melvin mercy mia michael
    michaela michal michelle miguel mihai mike mikolaj mila mildred miles millie mina minh miriam mohamed
    mohammad mohammed moira molly mona monica monika morgan moses muhammad muriel musa mustafa myra nadia nadine
    naomi nancy nasreen natalia natalie natasha nathan nathaniel neha neil nerys niall nicholas nick nicky
    nicola nicole nigel nikhil nikita nina noah noel nora norma norman nuala olga oliver olivia olu oluwaseun
    omar oscar osman owen paddy padraig paige pam pamela parveen patricia patrick paul paula pauline pavel pawel
    pearl peggy penelope penny percy peter phil philip phillip phoebe pierre piotr polly poppy priscilla priya
    rachael rachel rafal raheem rahul raj rajesh ralph ramesh ramona ravi ray raymond razia reece rebecca
    rebekah reggie rehana reuben rhiannon rhys ricardo richard ricky riley rita rob robbie robert robin rocco
    rochelle rodney roger roisin roland roman ronald ronan ronnie rory rosa rosalind rose rosemary rosie ross
    roxanne roy ruby rupert russell ruth ryan saad sabina sabrina sadia sadie sally sam samantha samina samir
    samuel sandeep sandra sanjay santiago sara sarah saskia scarlett scott sean sebastian selina serena seth
    shabana shah shahid shane shannon sharon shaun shauna sheila shelley shirley shona sian sidney sienna simon
    simone sinead siobhan skye sofia solomon sonia sophia sophie spencer stacey stan stanley stefan stella
    stephanie stephen steve steven stewart stuart sue suleiman sunil sunita suresh susan susanna suzanne sybil
    sylvia tahir tamara tammy tanya tara tariq tasha tatiana ted temitope teresa terence terry tess thelma theo
    theodore theresa thomas tiffany tim timothy tina toby tom tomasz tommy toni tony tracey tracy travis trevor
    tristan tyler tyrone una usman valerie vanessa vera veronica victor victoria vijay vikram vincent violet
    virginia vivian vivien wanda wayne wendy wesley wilfred will william winifred winston xavier yasmin yasmine
    yusuf yvette yvonne zac zach zachary zahra zainab zak zara zeynep zoe zofia zuzanna
    """
)
"""First names that are common in the United Kingdom, in its several languages."""
