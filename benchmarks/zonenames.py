"""Time zones by the names people have for them ("Eastern Standard Time"), which the study's data use.

Those are Freebase's standard names, which mostly are the ones Unicode CLDR gives metazones in English; each stands for
the largest place that goes by it. The zone's own rules are used, summer time included: whoever lives by Eastern
Standard Time in January lives by Eastern Daylight Time in October.
"""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_NAMES: Final = """
Eastern America/New_York; Central America/Chicago; Mountain America/Denver; Pacific America/Los_Angeles
Atlantic America/Halifax; Newfoundland America/St_Johns; Alaska America/Anchorage; Hawaii Pacific/Honolulu
Hawaii-Aleutian Pacific/Honolulu; Mexican Pacific America/Mazatlan; Cuba America/Havana; Bermuda Atlantic/Bermuda
Brasilia America/Sao_Paulo; Brasília America/Sao_Paulo; Brazil America/Sao_Paulo; Amazon America/Manaus
Acre America/Rio_Branco; Fernando de Noronha America/Noronha; Argentina America/Argentina/Buenos_Aires
Chile America/Santiago; Colombia America/Bogota; Peru America/Lima; Ecuador America/Guayaquil; Bolivia America/La_Paz
Paraguay America/Asuncion; Uruguay America/Montevideo; Venezuela America/Caracas; Venezuelan America/Caracas
Guyana America/Guyana; Suriname America/Paramaribo; French Guiana America/Cayenne; Galapagos Pacific/Galapagos
Falkland Islands Atlantic/Stanley; Greenland America/Nuuk; West Greenland America/Nuuk; Azores Atlantic/Azores
Cape Verde Atlantic/Cape_Verde; Greenwich Mean Europe/London; British Europe/London; Irish Europe/Dublin
Western European Europe/Lisbon; Central European Europe/Berlin; Eastern European Europe/Athens
Further-eastern European Europe/Minsk; Turkey Europe/Istanbul; Türkiye Europe/Istanbul; Moscow Europe/Moscow
Samara Europe/Samara; Volgograd Europe/Volgograd; Yekaterinburg Asia/Yekaterinburg; Omsk Asia/Omsk
Novosibirsk Asia/Novosibirsk; Krasnoyarsk Asia/Krasnoyarsk; Irkutsk Asia/Irkutsk; Yakutsk Asia/Yakutsk
Vladivostok Asia/Vladivostok; Magadan Asia/Magadan; Sakhalin Asia/Sakhalin; Kamchatka Asia/Kamchatka
Anadyr Asia/Anadyr; Georgia Asia/Tbilisi; Armenia Asia/Yerevan; Azerbaijan Asia/Baku; Israel Asia/Jerusalem
Arabia Asia/Riyadh; Arabian Asia/Riyadh; Gulf Asia/Dubai; Iran Asia/Tehran; Afghanistan Asia/Kabul
Pakistan Asia/Karachi; India Asia/Kolkata; Indian Asia/Kolkata; Sri Lanka Asia/Colombo; Nepal Asia/Kathmandu
Bangladesh Asia/Dhaka; Bhutan Asia/Thimphu; Maldives Indian/Maldives; Myanmar Asia/Yangon
Turkmenistan Asia/Ashgabat; Uzbekistan Asia/Tashkent; Tajikistan Asia/Dushanbe; Kyrgyzstan Asia/Bishkek
Kazakhstan Asia/Almaty; East Kazakhstan Asia/Almaty; West Kazakhstan Asia/Aqtobe; Mongolia Asia/Ulaanbaatar
Ulaanbaatar Asia/Ulaanbaatar; Indochina Asia/Bangkok; Thailand Asia/Bangkok; Vietnam Asia/Ho_Chi_Minh
Western Indonesia Asia/Jakarta; Central Indonesia Asia/Makassar; Eastern Indonesia Asia/Jayapura
Malaysia Asia/Kuala_Lumpur; Singapore Asia/Singapore; Brunei Asia/Brunei; Philippine Asia/Manila
Philippines Asia/Manila; China Asia/Shanghai; Hong Kong Asia/Hong_Kong; Taiwan Asia/Taipei; Taipei Asia/Taipei
National Asia/Taipei; Korea Asia/Seoul; Korean Asia/Seoul; Japan Asia/Tokyo; East Timor Asia/Dili
Timor-Leste Asia/Dili; Australian Western Australia/Perth; Western Australia Australia/Perth
Australian Central Australia/Adelaide; Australian Eastern Australia/Sydney; Lord Howe Australia/Lord_Howe
Norfolk Pacific/Norfolk; New Zealand Pacific/Auckland; Chatham Pacific/Chatham; Fiji Pacific/Fiji
Tonga Pacific/Tongatapu; Samoa Pacific/Pago_Pago; American Samoa Pacific/Pago_Pago; West Samoa Pacific/Apia
Chamorro Pacific/Guam; Papua New Guinea Pacific/Port_Moresby; Solomon Islands Pacific/Guadalcanal
Vanuatu Pacific/Efate; New Caledonia Pacific/Noumea; Tahiti Pacific/Tahiti; Marquesas Pacific/Marquesas
Gilbert Islands Pacific/Tarawa; Line Islands Pacific/Kiritimati; Phoenix Islands Pacific/Kanton
Marshall Islands Pacific/Majuro; Palau Pacific/Palau; Cook Islands Pacific/Rarotonga; Niue Pacific/Niue
Easter Island Pacific/Easter; West Africa Africa/Lagos; Central Africa Africa/Maputo; East Africa Africa/Nairobi
South Africa Africa/Johannesburg; South African Africa/Johannesburg; Mauritius Indian/Mauritius
Reunion Indian/Reunion; Réunion Indian/Reunion; Seychelles Indian/Mahe; Coordinated Universal UTC; Universal UTC
"""

_IDLE: Final = frozenset({"standard", "daylight", "summer", "time", "zone"})
"""Words that tell nobody from anybody."""


def zone_called(name: str) -> ZoneInfo | None:
    """The zone of a name, its words in any order ("Indonesia Western Time"), or of an IANA name; None for others."""
    place = _PLACES.get(_key(name))
    if place is None and "/" not in name and name != "UTC":
        return None  # else the many abbreviations that IANA keeps for old times' sake would be taken for names
    try:
        return ZoneInfo(place or name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _key(name: str) -> frozenset[str]:
    return frozenset(name.casefold().split()) - _IDLE


_PLACES: Final = {
    _key(name): place
    for each in _NAMES.replace("\n", ";").split(";")
    for name, _, place in [each.strip().rpartition(" ")]
    if place
}
