"""Italian regions by a weight that goes with their inhabitants: where the generator's callers and cases live."""

REGIONI = {
    "Lombardia": 168, "Lazio": 97, "Campania": 95, "Sicilia": 80, "Veneto": 82, "Emilia-Romagna": 75, "Piemonte": 72,
    "Puglia": 66, "Toscana": 62, "Calabria": 31, "Sardegna": 27, "Liguria": 25, "Marche": 25, "Abruzzo": 21,
    "Friuli-Venezia Giulia": 20, "Trento": 13, "Bolzano": 13, "Umbria": 14, "Basilicata": 12, "Molise": 10,
    "Valle d'Aosta": 10,
}  # fmt: skip
