"""pt-apav: one row a contact ("atendimento"), Portuguese, `;`, cp1252, dd-mm-yyyy, decimal comma.

APAV's yearbook for 2021: 75,445 contacts with 15,617 users; domestic violence is three of four offences.
"""

from collections.abc import Callable, Iterator
from random import Random

from examples.generator.draw import Calendar, Choice
from examples.generator.people import Person, draw_person, name_of, phone_of, remark_of, visits
from examples.generator.places_pt import CONCELHOS

CODE, FILE = "pt-apav", "pt-apav_atendimentos_{year}.csv"
ENCODING, SEPARATOR, NEWLINE = "cp1252", ";", "\r\n"
CONTACTS, USERS = 75_445, 15_617
COLUMNS = (
    "NUM_ATENDIMENTO", "NUM_PROCESSO", "DATA_ATENDIMENTO", "DATA_REGISTO", "ESTADO", "NOME", "TELEFONE", "SEXO",
    "IDADE", "NACIONALIDADE", "CONCELHO", "MEIO", "DURACAO_MIN", "APOIOS", "ENCAMINHADO_POR", "CRIME", "RELACAO_AUTOR",
    "COABITACAO", "VIOL_FISICA", "VIOL_PSICOLOGICA", "VIOL_SEXUAL", "VIOL_ECONOMICA", "PERSEGUICAO", "ASSEDIO_SEXUAL",
    "CIBERVIOLENCIA", "DESPESAS_EUR", "OBSERVACOES",
)  # fmt: skip
FLAGS = ("PHY", "PSY", "SEX", "ECO", "STK", "SHR", "CYB")
MONTHS = (1.02, 0.95, 1.05, 0.98, 1.04, 1.0, 1.06, 0.9, 1.04, 1.06, 1.02, 0.88)

KIND = Choice({
    "partner": 54, "family": 20, "child_sexual": 5.5, "sexual": 4.5, "stalking": 1.6, "assault": 4.6, "threat": 3,
    "trafficking": 0.3, "property": 2.5, "traffic": 0.2, "other": 3.8,
})  # fmt: skip
NATIONS = Choice({
    "Portuguesa": 84, "Brasileira": 8, "Angolana": 1.3, "Cabo-verdiana": 1.2, "Ucraniana": 0.8, "Francesa": 0.7,
    "Britânica": 0.5, "Indiana": 0.5, "Romena": 0.6, "": 2.4,
})  # fmt: skip
CHANNEL = Choice({
    "Telefone": 55, "Presencial": 22, "E-mail": 11, "Linha 116 006": 6, "Videochamada": 2.5, "Tribunal": 1.5,
    "Domicílio": 0.6, "Carta": 0.4, "": 1,
})  # fmt: skip
SOURCE = Choice({
    "Próprio": 36, "Familiar/amigo": 13, "Polícia": 24, "Ministério Público": 6, "Tribunal": 3, "Saúde": 5, "Escola": 3,
    "Segurança Social": 3, "CPCJ": 2, "Outra ONG": 2, "Outro": 2, "n/d": 1,
})  # fmt: skip
SUPPORT = Choice({
    "Emocional": 30, "Informação sobre direitos": 25, "Jurídico": 18, "Psicológico": 14, "Social": 6,
    "Plano de segurança": 5, "Acolhimento": 2,
})  # fmt: skip
MINUTES = Choice({(5, 16): 24, (16, 31): 36, (31, 61): 30, (61, 121): 9, (121, 180): 1})
STATE = Choice({"Sem resposta": 80, "Número errado": 12, "Inseguro ligar": 8})
RELATION = {
    "01": ("Cônjuge", "Companheiro/a", "Namorado/a"), "02": ("Ex-cônjuge", "Ex-companheiro/a", "Ex-namorado/a"),
    "03": ("Pai/Mãe", "Padrasto/Madrasta"), "04": ("Filho/a",), "05": ("Irmão/Irmã",), "06": ("Outro familiar",),
    "07": ("Coabitante",), "08": ("Amigo/a",), "09": ("Vizinho/a", "Conhecido/a"),
    "10": ("Colega", "Entidade patronal"), "11": ("Professor/a", "Cuidador/a"),
    "12": ("Outra relação",), "20": ("Desconhecido/a",), "90": ("Não apurado",), "NA": ("Não aplicável",),
}  # fmt: skip
CRIME = {
    "020111": "Ofensa à integridade física grave", "020112": "Ofensa à integridade física simples",
    "02011": "Ofensas à integridade física", "02012": "Ameaça/coação", "02071": "Assédio", "02072": "Perseguição",
    "0204": "Tráfico de pessoas", "0208": "Difamação/injúria", "0209": "Discriminação", "0301": "Crime sexual",
    "03011": "Violação", "03012": "Coação sexual", "03019": "Importunação sexual", "03022": "Pornografia de menores",
    "0401": "Roubo", "0501": "Furto em residência", "0502": "Furto", "0504": "Dano", "0701": "Burla",
    "0903": "Crime informático", "X1": "Acidente rodoviário", "X2": "Luto por suicídio", "X3": "Pessoa desaparecida",
    "X4": "Catástrofe", "X9": "Situação não criminal",
}  # fmt: skip
VARIANTS = {
    "SEXO": {"Feminino": ("F", "feminino", "FEMININO"), "Masculino": ("M", "masculino", "MASCULINO")},
    "MEIO": {
        "Telefone": ("telefone", "TELEFONE", "Tel."),
        "Presencial": ("presencial",),
        "E-mail": ("Email", "e-mail"),
    },
    "ESTADO": {"Realizado": ("realizado", "REALIZADO")},
    "COABITACAO": {"Sim": ("S", "sim"), "Não": ("N", "nao")},
    "NACIONALIDADE": {"Portuguesa": ("PORTUGUESA", "portuguesa", "PT")},
}
"""How the same word also turns up in a column, as different desks type it. The mapping lists every one."""


def records(scale: float) -> int:
    """Contacts held in a year."""
    return round(CONTACTS * scale)


def rows(rng: Random, seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows, by contact number. A user's number leads to the same person in any year's file."""
    r = rng.random
    calendar = Calendar(year, MONTHS, 0.35)
    days = [d.strftime("%d-%m-%Y") for d in calendar.days]
    contacts, users = records(scale), round(USERS * scale)

    def new(n: int) -> Person:
        back = n % 4 == 3  # every fourth user's file was opened the year before
        number = f"{year - back}/{(n // 4 * 3 + n % 3 if back else n - n // 4) + 1:06d}"
        return _user(seed, number, year - back)

    number = 0
    for i, (user, first) in enumerate(visits(rng, users, contacts, new, keep=4_000)):
        day = calendar.day(i, contacts)
        if r() < 0.012:
            day = max(0, day - 20 - int(r() * 90))  # typed in weeks after the contact
        if not first and r() < 0.03:
            number += 1
            yield _row(r, f"A{year % 100}-{number:06d}", user, year, days, day, STATE(r()))
        number += 1
        yield _row(r, f"A{year % 100}-{number:06d}", user, year, days, day, "Realizado")


def _user(seed: int, number: str, opened: int) -> Person:
    own = Random(f"{seed}/{CODE}/{number}").random
    return draw_person(own, number, opened, KIND(own()), CONCELHOS, NATIONS)


def _row(r: Callable[[], float], key: str, user: Person, year: int, days: list[str], day: int, state: str) -> list[str]:
    held = state == "Realizado"
    low, high = MINUTES(r())
    supports = {SUPPORT(r()), SUPPORT(r())} if held else set()
    asked = r() > 0.12
    u = r()
    age = "" if u < 0.05 else "n/d" if u < 0.07 else str(year - user.birth_year)
    violent = bool(user.forms)
    return [
        key, user.number, days[day], days[min(len(days) - 1, day + int(r() ** 4 * 40))], state,
        name_of(user.number), phone_of(user.number), SEX[user.sex], age, user.nation, user.place,
        CHANNEL(r()) if held else "Telefone", f"{low + int(r() * (high - low))},0" if held else "",
        "|".join(sorted(supports)), SOURCE(r()), _crime(user),
        RELATION[user.relation][user.birth_day % len(RELATION[user.relation])] if asked else "",
        {"Y": "Sim", "N": "Não", "": ""}[user.cohabiting],
        *(("Sim" if form in user.forms else "Não" if violent else "") for form in FLAGS),
        f"1.{int(r() * 900):03d},{int(r() * 90):02d}" if u > 0.99 else "", remark_of(key) if u < 0.3 else "",
    ]  # fmt: skip


SEX = {"F": "Feminino", "M": "Masculino", "X": "Outro", "U": "Desconhecido"}


def _crime(user: Person) -> str:
    """Violence in the home is one offence in Portuguese law (art. 152), whatever was done."""
    if user.kind in ("partner", "family"):
        return "Violência doméstica"
    if user.kind == "child_sexual" and user.offence != "03022":
        return "Abuso sexual de crianças"
    return CRIME[user.offence]
