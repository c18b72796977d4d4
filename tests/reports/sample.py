"""Report contexts for the tests: the published plan of 2017 with made-up but repeatable results."""

import copy
import json
import random
from pathlib import Path

PLAN = Path(__file__).parent / "plan-2017.json"  # the published plan as read by hand, with its translation

STATUSES = [
    ("full", "სრულად შესრულდა", "Fully done", "done"),
    ("mostly", "უმეტესად შესრულდა", "Mostly done", "mostly"),
    ("partly", "ნაწილობრივ შესრულდა", "Partially done", "partly"),
    ("going", "განხორციელების პროცესშია", "In progress", "going"),
    ("not", "არ შესრულდა", "Not done", "late"),
]
WORDS = {
    "ka": {
        "columns": None,
        "deadline": None,
        "title": "სამოქმედო გეგმის შესრულების ანგარიში",
        "sentence": "{n} საქმიანობიდან {done} სრულად შესრულდა; {late} ვადაგადაცილებულია.",
        "division": "{n} საქმიანობიდან {done} სრულად შესრულდა.",
        "narrative": "საანგარიშო პერიოდში გაიმართა შეხვედრები პარტნიორ უწყებებთან, მომზადდა და დონორ ორგანიზაციებს "
                     "მიეწოდა საინფორმაციო პაკეტი, დაზუსტდა შემდეგი წლის პრიორიტეტები.",
        "step": ["კითხვარის შემუშავება", "კითხვარის დაგზავნა სტრუქტურული ერთეულებისთვის", "შედეგების ანალიზი"],
        "owner": "საერთაშორისო ურთიერთობების დეპარტამენტი",
        "people": ["ნ. ბერიძე", "გ. კაპანაძე"],
        "reasons": ["თარიღი არ არის მითითებული", "შეხვედრა არ გამართულა"],
        "sex": ("სქესი", "ქალი", "კაცი"),
        "no_register": "რეესტრი ჯერ არ არის",
        "record": "დონორთა საკოორდინაციო შეხვედრა ევროკავშირის წარმომადგენლობასთან",
        "state": "გამართული",
        "comment": "დამოკიდებულია დონორის დაფინანსებაზე",
    },
    "en": {
        "columns": ["Activity", "Indicator", "Deadline", "Other agency / other structural unit of the Ministry",
                    "Notes/comments"],
        "deadline": "2017",
        "title": "Progress report on the Action Plan",
        "sentence": "{done} of {n} activities are fully done; {late} are late.",
        "division": "{done} of {n} activities are fully done.",
        "narrative": "Meetings were held with partner bodies, the information package was prepared and handed to "
                     "donors, and next year's priorities were agreed.",
        "step": ["Draft the questionnaire", "Send it to the structural units", "Analyse the replies"],
        "owner": "International Relations Department",
        "people": ["N. Beridze", "G. Kapanadze"],
        "reasons": ["no date", "not held"],
        "sex": ("Sex", "women", "men"),
        "no_register": "no register yet",
        "record": "Donor coordination meeting with the EU Delegation",
        "state": "held",
        "comment": "Depends on donor funding",
    },
}


def build(lang: str = "ka", seed: int = 2017, times: int = 1) -> dict:
    """A full context; `times` repeats the plan's sections to make a larger one."""
    plan, words, chance = json.loads(PLAN.read_text(encoding="utf-8")), WORDS[lang], random.Random(seed)
    sections, annex = [], []
    for turn in range(times):
        sections += _sections(plan, lang, words, chance, annex, turn)
    activities = [activity for section in sections for activity in section["activities"]]
    top = [section for section in sections if section["level"] == 1]
    done = sum(activity["status"]["key"] == "full" for activity in activities)
    indicators = [indicator for activity in activities for indicator in activity["indicators"]]
    return {
        "lang": lang,
        "title": f"{words['title']}, 2017",
        "subtitle": plan[f"title_{lang}"],
        "organisation": plan[f"organisation_{lang}"],
        "plan": {"key": "mia-ird-2017", "title": plan[f"title_{lang}"],
                 "columns": words["columns"] or plan["columns_ka"], "extra_columns": []},
        "period": {"start": "2017-01-01", "end": "2017-12-31", "sentence": "2017 წელი" if lang == "ka" else "2017"},
        "as_of": "2017-12-15",
        "made_on": "2017-12-15",
        "address": "https://gegma.example/reports/mia-ird-2017",
        "summary": {
            "activities": len(activities),
            "indicators": len(indicators),
            "measures": sum(len(indicator["readings"]) for indicator in indicators),
            "unbound": sum(r["value"] is None for indicator in indicators for r in indicator["readings"]),
            "by_status": _by_status(activities, lang),
            "sentences": [words["sentence"].format(n=len(activities), done=done, late=4)],
        },
        "divisions": [_division(section, activities, lang, words) for section in top[:8]],
        "sections": sections,
        "annex": annex,
    }


def _by_status(activities, lang):
    place = 1 if lang == "ka" else 2
    return [
        {"key": status[0], "label": status[place], "tone": status[3],
         "count": sum(activity["status"]["key"] == status[0] for activity in activities)}
        for status in STATUSES
    ]


def _division(section, activities, lang, words):
    own = [activity for activity in activities if activity["code"].startswith(section["code"] + ".")]
    shares = [i["progress"] for activity in own for i in activity["indicators"] if i["progress"] is not None]
    done = sum(activity["status"]["key"] == "full" for activity in own)
    return {
        "code": section["code"], "title": section["title"], "owner": words["owner"], "activities": len(own),
        "indicators": sum(len(activity["indicators"]) for activity in own),
        "progress": sum(shares) / len(shares) if shares else None,
        "by_status": _by_status(own, lang),
        "sentence": words["division"].format(n=len(own), done=done),
    }


def _sections(plan, lang, words, chance, annex, turn):
    found = []
    for section in plan["sections"]:
        own = [a for a in plan["activities"] if a["section"] == section["code"]]
        found.append({
            "code": _code(section["code"], turn), "title": section[f"title_{lang}"],
            "level": section["code"].count(".") + 1,
            "activities": [_activity(activity, lang, words, chance, annex, turn) for activity in own],
        })
    return found


def _code(code, turn):
    first, _, rest = code.partition(".")
    return f"{int(first) + 4 * turn}{'.' if rest else ''}{rest}"


def _activity(activity, lang, words, chance, annex, turn):
    code = _code(activity["code"], turn)
    indicators = [_indicator(code, i, lang, words, chance, annex) for i in activity["indicators"]]
    shares = [i["progress"] for i in indicators if i["progress"] is not None]
    share = round(sum(shares) / len(shares)) if shares else 0
    key, ka, en, tone = STATUSES[0 if share >= 100 else 1 if share >= 75 else 2 if share >= 50 else 3 if share else 4]
    total = chance.randint(3, 30)
    steps = [
        {"text": text, "due": f"2017-{3 * n:02d}-15", "done_on": f"2017-{3 * n:02d}-11" if n < 3 else None}
        for n, text in enumerate(words["step"], 1)
    ] if chance.random() < 0.3 else []
    return {
        "code": code, "text": activity[f"text_{lang}"], "deadline": words["deadline"] or activity["deadline"],
        "partners": activity["partners_ka"] if lang == "ka" else ["Relevant units of the Ministry"],
        "comments": activity["comments"] or (words["comment"] if chance.random() < 0.1 else ""),
        "owner": words["owner"] if chance.random() < 0.3 else "",
        "responsible": words["people"] if chance.random() < 0.3 else [], "extra": {},
        "status": {"key": key, "label": ka if lang == "ka" else en, "tone": tone},
        "verdicts": {
            "steps": {"done": 2, "total": 3, "percent": 66.7} if steps else None,
            "result": {"percent": share} if shares else None,
            "evidence": {"with": total - 2, "of": total, "percent": 100 * (total - 2) / total},
        },
        "steps": steps, "narrative": words["narrative"] if chance.random() < 0.7 else "", "indicators": indicators,
    }


def _indicator(code, indicator, lang, words, chance, annex):
    readings = [_reading(measure, words, chance) for measure in indicator["measures"]]
    values = [reading["value"] for reading in readings if reading["value"] is not None and reading["unit"] == "count"]
    target = chance.choice([None, 4, 10, 12])
    for measure, reading in zip(indicator["measures"], readings, strict=True):
        if reading["value"] is not None and chance.random() < 0.5:
            annex.append(_entry(code, indicator, measure, lang, words, chance))
    return {
        "label": indicator["label"], "text": indicator[f"text_{lang}"], "kind": "count", "target": target,
        "target_text": str(target) if target else "",
        "value_text": str(sum(values)) if values else (readings[0]["value_text"] if readings else ""),
        "progress": min(100, round(100 * sum(values) / target)) if target and values else None,
        "status": None, "readings": readings,
    }


def _reading(measure, words, chance):
    share = "completeness" in measure["aggregate"] or "share" in measure["aggregate"]
    unknown = chance.random() < 0.15
    top, bottom = chance.randint(4, 9), 10
    value = None if unknown else 100 * top / bottom if share else chance.randint(0, 16)
    women = int((value or 0) * 0.4)
    field, one, other = words["sex"]
    return {
        "name": measure["name"], "value": value,
        "value_text": "" if unknown else f"{value:.0f}%" if share else str(value),
        "unit": "percent" if share else "count",
        "numerator": top if share and not unknown else None, "denominator": bottom if share and not unknown else None,
        "note": words["no_register"] if unknown else "", "typed": chance.random() < 0.05,
        "breakdowns": [{"field": field, "rows": [{"label": one, "value": women},
                                                 {"label": other, "value": value - women}]}]
        if "by sex" in measure["aggregate"] and not unknown else [],
        "left_out": [{"reason": words["reasons"][0], "n": 2}, {"reason": words["reasons"][1], "n": 1}]
        if chance.random() < 0.2 and not unknown else [],
    }


def _entry(code, indicator, measure, lang, words, chance):
    rows = [
        {"number": f"{chance.randint(1, 999)}/{n}", "title": words["record"], "date": f"2017-{n:02d}-0{n}",
         "state": words["state"], "evidence": [f"oqmi-{n}.pdf"] if n != 2 else []}
        for n in range(1, chance.randint(2, 7))
    ]
    return {"activity": code, "indicator": indicator["label"], "measure": measure["name"],
            "register": measure["register"], "definition": measure["where"], "rows": rows,
            "more": chance.choice([0, 0, 12])}


def empty(lang: str = "ka") -> dict:
    """A plan into which nobody has put anything yet."""
    context = copy.deepcopy(build(lang))
    context["sections"], context["divisions"], context["annex"] = [], [], []
    context["summary"].update(activities=0, indicators=0, measures=0, unbound=0, sentences=[])
    for item in context["summary"]["by_status"]:
        item["count"] = 0
    return context


HOSTILE = [
    "<script>alert('x')</script> & <b>",
    "#import \"evil.typ\": * $x^2$ _a_ *b* @label <tag> `raw` \\ // c",
    "=HYPERLINK(\"http://x\",\"y\")",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "control\x00\x07\x1b[31m\x0bend",
    "გრძელი" * 25,
    "https://example.org/" + "a" * 120,
    "✓ 中文 😀 \u1c90\u1c91 \ufb01 \ufeff\u200d",
    "\u202eevil\u202c \ud800 half",
    "]]> {{ 7*7 }} {% now %} %n %s {0}",
    "line one\nline two\r\n\nline four\ttab",
    "№ 5 – 100 ₾ „ბრჭყალი“",
]


def hostile(lang: str = "ka") -> dict:
    """The smallest context with a nasty text in every place that takes text."""
    context = copy.deepcopy(build(lang))
    context["sections"] = context["sections"][:2]
    texts = iter(HOSTILE * 1000)
    kept = {"lang", "tone", "key", "unit", "start", "end", "as_of", "made_on", "due", "done_on", "date"}

    def spoil(value, name=""):
        if isinstance(value, dict):
            return {key: spoil(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [spoil(inner, name) for inner in value]
        return next(texts) if isinstance(value, str) and name not in kept else value

    context["annex"] = context["annex"][:2]
    context["plan"]["extra_columns"] = ["ბიუჯეტი", "წყარო"]
    for section in context["sections"]:
        for activity in section["activities"]:
            activity["extra"] = {"ბიუჯეტი": "12 000", "წყარო": "დონორი"}
    return spoil(context)
