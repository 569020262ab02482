"""The names of days and months by language (MySQL 8.4 manual, 12.16 "MySQL Server Locale Support")."""

from __future__ import annotations

import functools
from typing import Final, NamedTuple


class Names(NamedTuple):
    """The names of one language: days from Monday, months from January, and both cut short."""

    days: tuple[str, ...]
    months: tuple[str, ...]
    short_days: tuple[str, ...]
    short_months: tuple[str, ...]


_ENGLISH: Final = (
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "January February March April May June July August September October November December",
    "Mon Tue Wed Thu Fri Sat Sun",
    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
)
_LANGUAGES: Final = {
    "en": _ENGLISH,
    "de": (
        "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "Mo Di Mi Do Fr Sa So",
        "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    ),
    "fr": (
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "lun mar mer jeu ven sam dim",
        "jan fév mar avr mai jun jui aoû sep oct nov déc",
    ),
    "es": (
        "lunes martes miércoles jueves viernes sábado domingo",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "lun mar mié jue vie sáb dom",
        "ene feb mar abr may jun jul ago sep oct nov dic",
    ),
    "it": (
        "lunedì martedì mercoledì giovedì venerdì sabato domenica",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "lun mar mer gio ven sab dom",
        "gen feb mar apr mag giu lug ago set ott nov dic",
    ),
    "nl": (
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "januari februari maart april mei juni juli augustus september oktober november december",
        "ma di wo do vr za zo",
        "jan feb mrt apr mei jun jul aug sep okt nov dec",
    ),
    "pt": (
        "Segunda Terça Quarta Quinta Sexta Sábado Domingo",
        "Janeiro Fevereiro Março Abril Maio Junho Julho Agosto Setembro Outubro Novembro Dezembro",
        "Seg Ter Qua Qui Sex Sáb Dom",
        "Jan Fev Mar Abr Mai Jun Jul Ago Set Out Nov Dez",
    ),
}


@functools.cache
def names_of(locale: str) -> Names:
    """The names of a locale such as ``de_DE``; English ones where its language is not known here."""
    return Names(*(tuple(names.split()) for names in _LANGUAGES.get(locale[:2], _ENGLISH)))
