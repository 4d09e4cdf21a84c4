"""bg-bcnl: a case repeated for each of its offenders and referrals, Bulgarian, `;`, cp1251, dates with "г.".

The yearly total of 1,400 cases is made up, as are all shares.
"""

from collections.abc import Callable, Iterator
from random import Random

from examples.generator.draw import Calendar, Choice
from examples.generator.people import Person, draw_person, name_of, phone_of, remark_of, visits

CODE, FILE = "bg-bcnl", "bg-bcnl_sluchai_{year}.csv"
ENCODING, SEPARATOR, NEWLINE = "cp1251", ";", "\r\n"
CASES, RETURNING = 1_400, 0.08
COLUMNS = (
    "№ случай", "№ клиент", "Име", "Телефон", "Качество", "Пол", "Възраст", "Гражданство", "Област", "Насочен от",
    "Приет на", "Престъпление", "Форми на насилие", "Извършител №", "Връзка с извършителя", "Едно домакинство",
    "Насочване №", "Насочване на", "Насочен към", "Приключен на", "Причина", "Бележки",
)  # fmt: skip
MONTHS = (0.98, 0.96, 1.06, 0.98, 1.02, 1.0, 0.98, 0.94, 1.0, 1.04, 1.1, 0.94)
SHUFFLED = 15
"""Cases whose rows the export mixes."""

KIND = Choice({"partner": 52, "family": 24, "sexual": 6, "child_sexual": 5, "stalking": 5, "assault": 3, "threat": 2,
               "trafficking": 3})  # fmt: skip
DISTRICTS = Choice({
    "София-град": 190, "Пловдив": 92, "Варна": 70, "Бургас": 58, "Стара Загора": 44, "Благоевград": 42, "Плевен": 34,
    "Русе": 32, "Велико Търново": 30, "Пазарджик": 32, "Хасково": 30, "Сливен": 26, "Шумен": 22, "Враца": 22,
    "Добрич": 22, "Монтана": 18, "Перник": 17, "Кюстендил": 16, "Ловеч": 16, "Кърджали": 18, "Габрово": 14,
    "Ямбол": 15, "Разград": 14, "Силистра": 13, "Търговище": 13, "Смолян": 13, "Видин": 12, "София-област": 30,
    "няма данни": 20,
})  # fmt: skip
NATIONS = Choice({"българско": 95, "ЕС": 1, "трета държава": 3, "без гражданство": 0.2, "": 0.8})
SOURCE = Choice({"сам/а": 30, "близки": 8, "полиция": 22, "прокуратура": 3, "съд": 4, "ДСП": 17, "болница": 4,
                 "училище": 2, "кризисен център": 3, "гореща линия": 4, "друга НПО": 2, "община": 1})  # fmt: skip
ROLE = Choice({"пострадал": 97, "близък": 3})
CHILD_ROLE = Choice({"пострадал": 70, "дете свидетел": 30})
SENT_TO = Choice({"кризисен център": 24, "психолог": 24, "болница": 8, "полиция": 14, "ДСП": 12, "правна помощ": 12,
                  "център за деца": 3, "комисия за трафик": 1, "програма за извършители": 2})  # fmt: skip
REFERRALS = Choice({0: 35, 1: 34, 2: 21, 3: 10})
END = Choice({"изпълнен план": 40, "удовлетворени нужди": 18, "отказ": 16, "загубен контакт": 16, "преместване": 4,
              "прехвърлен": 4, "починал": 0.3, "край на финансиране": 0.7, "друго": 1})  # fmt: skip
SEX = {"F": "жена", "M": "мъж", "X": "няма данни", "U": "няма данни"}
FORM = {"PHY": "физическо", "PSY": "психическо", "SEX": "сексуално", "ECO": "икономическо", "STK": "следене",
        "SHR": "сексуален тормоз", "CYB": "онлайн"}  # fmt: skip
RELATION = {
    "01": "съпруг/а", "02": "бивш партньор", "03": "родител", "04": "дете", "05": "брат/сестра", "06": "друг роднина",
    "07": "член на домакинството", "08": "приятел", "09": "познат", "10": "колега или работодател",
    "11": "лице с власт", "12": "друго познато лице", "20": "непознат", "90": "неустановена", "NA": "неприложимо",
}  # fmt: skip
OFFENCE = {
    "02011": "телесна повреда", "020111": "тежка телесна повреда", "020112": "лека телесна повреда", "02012": "закана",
    "0204": "трафик на хора", "0207": "принуда", "02071": "тормоз", "02072": "следене", "0301": "сексуално насилие",
    "03011": "изнасилване", "03012": "блудство", "03019": "друго сексуално посегателство",
    "03022": "детска порнография", "0401": "грабеж",
}  # fmt: skip
VARIANTS = {
    "Пол": {"жена": ("Ж", "Жена"), "мъж": ("М", "Мъж")},
    "Област": {"София-град": ("София",), "Велико Търново": ("В. Търново",), "Стара Загора": ("Ст. Загора",)},
    "Насочен от": {"полиция": ("Полиция",), "сам/а": ("Сам/а",)},
    "Връзка с извършителя": {"съпруг/а": ("партньор",), "бивш партньор": ("бивш съпруг/а",), "познат": ("съсед",)},
    "Едно домакинство": {"да": ("Да",), "не": ("Не",)},
    "Гражданство": {"българско": ("Българско",)},
}  # fmt: skip


def records(scale: float) -> int:
    """Cases opened in a year."""
    return round(CASES * scale)


def rows(rng: Random, _seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows: each case for each of its offenders and referrals, the rows of some cases mixed."""
    calendar = Calendar(year, MONTHS, 0.3)
    total = records(scale)

    def new(n: int) -> Person:
        return draw_person(rng.random, f"К{year % 100}-{n:05d}", year, KIND(rng.random()), DISTRICTS, NATIONS)

    mixed: list[list[str]] = []
    for i, (person, _) in enumerate(visits(rng, round(total * (1 - RETURNING)), total, new, keep=1_000)):
        mixed += _case(rng.random, f"С-{year}-{i + 1:05d}", person, year, calendar, calendar.day(i, total))
        if i % SHUFFLED == SHUFFLED - 1:
            rng.shuffle(mixed)
            yield from mixed
            mixed = []
    yield from mixed


def _case(
    r: Callable[[], float], key: str, person: Person, year: int, calendar: Calendar, day: int
) -> Iterator[list[str]]:
    def on(number: int) -> str:
        found = calendar.days[number] if number <= calendar.last else None
        return f"{found.day:02d}.{found.month:02d}.{found.year} г." if found else ""

    home = person.kind in ("partner", "family")
    role = (CHILD_ROLE if year - person.birth_year < 18 else ROLE)(r())
    age = "" if r() < 0.05 else str(year - person.birth_year)
    end = day + 30 + int(r() ** 2 * 250)
    ended = (on(end), END(r())) if on(end) and r() < 0.85 else ("", "")
    known = RELATION[person.relation] if r() > 0.08 else "-"
    offenders = [(known, {"Y": "да", "N": "не", "": ""}[person.cohabiting])]
    if r() < 0.14:
        offenders.append((RELATION["06" if home else "12"], "не"))
    sent = [(str(n + 1), on(day + n * 9 + int(r() * 8)), SENT_TO(r())) for n in range(REFERRALS(r()))]
    head = [
        key, person.number, name_of(person.number), phone_of(person.number), role, SEX[person.sex], age,
        person.nation, person.place, SOURCE(r()), on(day), "домашно насилие" if home else OFFENCE[person.offence],
        ", ".join(sorted(FORM[form] for form in person.forms)),
    ]  # fmt: skip
    for number, (relation, together) in enumerate(offenders, 1):
        for referral in [each for each in sent if each[1]] or [("", "", "")]:
            remark = remark_of(key) if r() < 0.2 else ""
            yield [*head, str(number), relation, together, *referral, *ended, remark]
