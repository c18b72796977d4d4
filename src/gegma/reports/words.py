"""The report's own fixed words in both languages, side by side, as the glossary has them.

A document is written in the language asked for, not in that of the page it was asked from: so the pair stands
here and not in a catalogue that follows the reader.
"""

_WORDS = {
    "contents": ("სარჩევი", "Contents"),
    "page": ("გვერდი", "Page"),
    "summary": ("შეჯამება", "Summary"),
    "divisions": ("შესრულება სამმართველოების მიხედვით", "Implementation by division"),
    "division": ("სამმართველო", "Division"),
    "plan": ("სამოქმედო გეგმის შესრულება", "Implementation of the action plan"),
    "annex": ("დანართი. დამადასტურებელი დოკუმენტები", "Annex. Evidence"),
    "annex_lead": (
        "ჩამოთვლილია ჩანაწერები, რომლებიც ჩაითვალა თითოეულ მაჩვენებელში, და დოკუმენტები, რომლებიც მათ ადასტურებს.",
        "The records counted in each figure, and the documents that stand behind them.",
    ),
    "no_activities": ("გეგმაში საქმიანობა არ არის შეტანილი.", "The plan has no activities yet."),
    "no_annex": ("ჩათვლილი ჩანაწერი არ არის.", "No records were counted."),
    "period": ("საანგარიშო პერიოდი", "Reporting period"),
    "as_of": ("მონაცემთა მდგომარეობა", "Data as known on"),
    "made_on": ("ანგარიში შედგენილია", "Report made on"),
    "address": ("მისამართი", "Address"),
    "activities": ("საქმიანობა", "Activities"),
    "activity": ("საქმიანობა", "Activity"),
    "indicators": ("ინდიკატორი", "Indicators"),
    "indicator": ("ინდიკატორი", "Indicator"),
    "measures": ("საზომი", "Measures"),
    "measure": ("საზომი", "Measure"),
    "unbound": ("საზომი რეესტრის გარეშე", "Measures without a register"),
    "number_of": ("რაოდენობა", "Number"),
    "share": ("წილი", "Share"),
    "total": ("სულ", "Total"),
    "status": ("შესრულების სტატუსი", "Status of implementation"),
    "activity_status": ("საქმიანობის სტატუსი", "Status of the activity"),
    "indicator_status": ("ინდიკატორის სტატუსი", "Status of the indicator"),
    "no_status": ("სტატუსი არ არის", "No status"),
    "progress": ("შესრულება", "Progress"),
    "readings": ("მაჩვენებლები", "Readings"),
    "reading": ("მაჩვენებელი", "Reading"),
    "declared": ("უწყების მიერ მითითებული სტატუსი", "Declared status"),
    "assessed": ("შეფასებული სტატუსი", "Assessed status"),
    "difference": ("სტატუსების განსხვავების მიზეზი", "Why the statuses differ"),
    "done_in_period": ("შესრულებული სამუშაო", "What was done"),
    "steps": ("ნაბიჯები", "Steps"),
    "due": ("ვადა", "due"),
    "done_on": ("შესრულდა", "done on"),
    "not_done_yet": ("ჯერ არ შესრულებულა", "not done yet"),
    "target": ("სამიზნე", "Target"),
    "left_out": ("ჩაუთვლელი", "Left out"),
    "typed": ("შეყვანილია ხელით", "entered by hand"),
    "no_value": ("მონაცემი არ არის", "no data"),
    "verdict_steps": ("შესრულებული ნაბიჯები", "Steps done"),
    "verdict_result": ("მიღწეული შედეგი", "Result reached"),
    "verdict_evidence": ("დადასტურებული ჩანაწერები", "Records with evidence"),
    "short_steps": ("ნაბიჯები", "Steps"),
    "short_result": ("შედეგი", "Result"),
    "short_evidence": ("დადასტურებული", "Evidence"),
    "of": ("{total}-დან {part}", "{part} of {total}"),
    "owner": ("პასუხისმგებელი დანაყოფი", "Owner unit"),
    "responsible": ("პასუხისმგებელი პირი", "Responsible"),
    "register": ("რეესტრი", "Register"),
    "definition": ("განსაზღვრება", "Definition"),
    "number": ("ნომერი", "Number"),
    "name": ("დასახელება", "Title"),
    "date": ("თარიღი", "Date"),
    "state": ("მდგომარეობა", "State"),
    "evidence": ("დამადასტურებელი დოკუმენტი", "Evidence"),
    "no_evidence": ("დოკუმენტი არ ახლავს", "no document"),
    "more": ("და კიდევ {n} ჩანაწერი, რომელიც აქ არ არის ჩამოთვლილი", "and {n} more records not listed here"),
    "more_rows": (
        "და კიდევ {n} სტრიქონი; სრული ცხრილი მოცემულია ამავე ანგარიშის Excel-ის ფაილში.",
        "And {n} more rows; the whole table is in the Excel file of this report.",
    ),
    "first_of": ("{title} (პირველი {n}; სულ – {all})", "{title} (the first {n} of {all})"),
    "sheet": ("ცხრილი", "Table"),
    "no_records": ("ჩანაწერი არ არის.", "No records."),
    "no_rows": ("ჩათვლილი ჩანაწერი არ არის", "no records counted"),
    "section": ("თავი", "Section"),
    "section_code": ("თავის №", "Section no."),
    "activity_code": ("№", "No."),
    "label": ("ქვეპუნქტი", "Letter"),
    "kind": ("სახე", "Kind"),
    "value": ("მნიშვნელობა", "Value"),
    "value_text": ("მნიშვნელობა სიტყვიერად", "Value in words"),
    "unit": ("ერთეული", "Unit"),
    "unit_count": ("რაოდენობა", "count"),
    "unit_percent": ("პროცენტი", "per cent"),
    "numerator": ("მრიცხველი", "Numerator"),
    "denominator": ("მნიშვნელი", "Denominator"),
    "note": ("შენიშვნა", "Note"),
    "left_out_reasons": ("ჩაუთვლელის მიზეზები", "Reasons for leaving out"),
    "breakdown": ("ჩაშლა", "Breakdown"),
    "breakdown_row": ("მნიშვნელობა ჩაშლაში", "Value of the breakdown"),
    "target_text": ("სამიზნე სიტყვიერად", "Target in words"),
    "steps_total": ("ნაბიჯები სულ", "Steps in all"),
    "evidence_with": ("ჩანაწერები დოკუმენტით", "Records with a document"),
    "evidence_of": ("ჩათვლილი ჩანაწერები", "Records counted"),
    "yes": ("დიახ", "yes"),
    "no": ("არა", "no"),
    "sheet_summary": ("შეჯამება", "Summary"),
    "sheet_plan": ("გეგმა", "Plan"),
    "sheet_evidence": ("დოკუმენტები", "Evidence"),
    "sheet_breakdowns": ("ჩაშლა", "Breakdowns"),
    "chart_status": ("საქმიანობები შესრულების სტატუსის მიხედვით", "Activities by status of implementation"),
    "chart_progress": ("ინდიკატორების შესრულება სამმართველოების მიხედვით", "Progress of indicators by division"),
    "cut": ("… [ტექსტი გრძელდება: {n} ნიშანი]", "… [the text goes on: {n} characters]"),
}

_PLACE = {"ka": 0, "en": 1}


class Words:
    """words["target"] in one language. A word that is not in the table is a mistake and says so."""

    def __init__(self, lang: str):
        if lang not in _PLACE:
            raise ValueError(f"Language «{lang}» is not known to reports: use ka or en.")
        self.lang = lang

    def __getitem__(self, key: str) -> str:
        return _WORDS[key][_PLACE[self.lang]]

    def part_of(self, part, total) -> str:
        """3 of 4; in Georgian «4-დან 3»."""
        return self["of"].format(part=part, total=total)
