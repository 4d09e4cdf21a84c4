"""Portuguese municipalities by inhabitants in thousands (census 2021, rounded): where the generator's users live."""

from examples.generator.draw import Choice

CONCELHOS = Choice({
    # Norte
    "Porto": 232, "Vila Nova de Gaia": 304, "Braga": 193, "Guimarães": 157, "Matosinhos": 173, "Gondomar": 164,
    "Maia": 135, "Santa Maria da Feira": 137, "Vila Nova de Famalicão": 134, "Barcelos": 117, "Viana do Castelo": 86,
    "Vila Real": 50, "Chaves": 38, "Bragança": 35,
    # Centro
    "Coimbra": 141, "Leiria": 129, "Viseu": 100, "Aveiro": 81, "Figueira da Foz": 59, "Castelo Branco": 52,
    "Covilhã": 47, "Guarda": 40,
    # Grande Lisboa
    "Lisboa": 546, "Sintra": 386, "Cascais": 214, "Loures": 202, "Oeiras": 172, "Amadora": 171, "Odivelas": 148,
    "Vila Franca de Xira": 138, "Mafra": 87,
    # Península de Setúbal
    "Almada": 177, "Seixal": 167, "Setúbal": 124, "Barreiro": 78, "Palmela": 69, "Montijo": 56,
    # Alentejo
    "Évora": 54, "Beja": 33, "Odemira": 30, "Santiago do Cacém": 28, "Portalegre": 22, "Elvas": 21,
    # Oeste e Vale do Tejo
    "Torres Vedras": 83, "Santarém": 59, "Alcobaça": 55, "Caldas da Rainha": 51, "Tomar": 36, "Abrantes": 34,
    # Algarve
    "Loulé": 72, "Faro": 68, "Portimão": 60, "Olhão": 45, "Lagos": 34,
    # Açores, Madeira
    "Ponta Delgada": 67, "Angra do Heroísmo": 34, "Ribeira Grande": 31, "Horta": 14,
    "Funchal": 106, "Santa Cruz": 42, "Câmara de Lobos": 32, "Machico": 20,
    "": 90,
})  # fmt: skip
