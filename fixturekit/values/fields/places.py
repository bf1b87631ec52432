"""Where generated geometries lie: near inland cities, in the coordinates of a spatial reference system (SRID).

Coordinates are whole numbers in units of ten to the power of minus ``digits``: millionths of a degree, tenths of a metre.
Nothing is transformed by a library, whose versions differ: what is not on a list lies at small coordinates, which are
valid in degrees and in metres. Engine 1, frozen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import log, pi, radians, tan

AROUND = 60_000
"""How many units a geometry is away from its place at most, along each axis: about six kilometres."""

_DEGREES = 6
_METRES = 1

# Longitude and latitude in hundredths of a degree. No two of a locale are closer than 0.3 degrees.
_CITIES: dict[str, tuple[tuple[int, int], ...]] = {
    "en_US": (
        (-10499, 3974), (-9680, 3278), (-8439, 3375), (-11207, 3345), (-9327, 4498), (-9458, 3910), (-8678, 3616),
        (-8300, 3996), (-8616, 3977), (-9774, 3027), (-12149, 3858), (-11514, 3617), (-8084, 3523), (-11189, 4076),
        (-11620, 4362), (-10665, 3508), (-9752, 3547), (-9594, 4126), (-9362, 4159), (-7999, 4044),
    ),
    "de_DE": (
        (1340, 5252), (1158, 4814), (868, 5011), (1237, 5134), (1374, 5105), (973, 5237), (918, 4878), (1108, 4945),
        (747, 5151), (1103, 5098), (949, 5131), (785, 4799),
    ),
    "fr_FR": (
        (235, 4885), (484, 4575), (144, 4360), (307, 5063), (775, 4857), (-168, 4811), (504, 4732), (308, 4578),
        (126, 4583), (69, 4739), (190, 4790), (618, 4869),
    ),
    "es_ES": (
        (-370, 4042), (-88, 4165), (-598, 3739), (-473, 4165), (-478, 3789), (-360, 3718), (-186, 3899), (-566, 4097),
        (-369, 4234), (-557, 4260), (-402, 3986), (-637, 3948),
    ),
    "pt_BR": (
        (-4663, -2355), (-4788, -1579), (-4393, -1992), (-4925, -2543), (-4926, -1668), (-4706, -2291), (-5610, -1560),
        (-5465, -2044), (-5116, -2331), (-4781, -2118), (-4828, -1892), (-4928, -2081),
    ),
    "ja_JP": (
        (13945, 3590), (13576, 3501), (13690, 3508), (13819, 3665), (13988, 3657), (14035, 3825), (14115, 3970),
        (14237, 4377), (13293, 3507), (13071, 3281), (13906, 3639), (13857, 3566),
    ),
    "zh_CN": (
        (11640, 3990), (10407, 3067), (10893, 3427), (11431, 3052), (11365, 3476), (10271, 2505), (11294, 2823),
        (11880, 3206), (11702, 3668), (12532, 4388), (10383, 3606), (11254, 3787),
    ),
}  # fmt: skip

_GEOGRAPHIC = frozenset(
    {
        4019, 4148, 4150, 4151, 4167, 4171, 4181, 4214, 4230, 4258, 4267, 4269, 4273, 4277, 4283, 4289, 4301, 4313,
        4314, 4322, 4326, 4483, 4490, 4612, 4617, 4618, 4619, 4674, 4737, 4937, 4979, 6318, 6668, 6706, 7844,
    }
)  # fmt: skip
_WEB_MERCATOR = frozenset({3857, 3785, 900913, 102100, 102113})
_EARTH = 6_378_137

# Easting and northing, in kilometres, of cities in national grids.
_GRIDS: dict[int, tuple[tuple[int, int], ...]] = {
    2056: ((2600, 1199), (2683, 1247), (2538, 1152)),  # Switzerland, LV95
    21781: ((600, 199), (683, 247), (538, 152)),  # Switzerland, LV03
    2154: ((652, 6862), (842, 6519), (574, 6279)),  # France, Lambert-93
    2180: ((637, 486), (567, 244), (363, 362)),  # Poland, CS92
    2193: ((1822, 5530), (1801, 5816), (1568, 5180)),  # New Zealand, NZTM
    27700: ((407, 287), (384, 398), (430, 433)),  # Great Britain, National Grid
    28992: ((155, 463), (136, 456), (190, 444)),  # Netherlands, RD New
    29902: ((234, 225), (251, 156), (242, 305)),  # Ireland, TM65
    2157: ((634, 725), (651, 656), (642, 805)),  # Ireland, ITM
    3006: ((646, 6638), (585, 6570), (511, 6573)),  # Sweden, SWEREF 99 TM
    3035: ((4321, 3210), (4552, 3273), (4027, 2888)),  # Europe, LAEA
    3067: ((327, 6822), (532, 6984), (241, 6711)),  # Finland, TM35FIN
    31287: ((531, 437), (467, 411), (625, 480)),  # Austria, Lambert
    31370: ((150, 169), (186, 129), (199, 171)),  # Belgium, Lambert 72
    3763: ((-24, 65), (-2, 24), (21, 111)),  # Portugal, TM06
    5070: ((-752, 1893), (130, 1788), (-70, 1449)),  # USA, Albers
}  # fmt: skip
# Universal Transverse Mercator, north of the equator, and what nations derive from it: first and last SRID.
_NORTH = ((32601, 32660), (32201, 32260), (25828, 25838), (26901, 26923), (6330, 6348))
_SOUTH = ((32701, 32760), (28348, 28358), (7846, 7859), (31978, 31985))


@dataclass(frozen=True, slots=True)
class Places:
    """Places in whole units, of which ``10 ** digits`` make one degree or metre."""

    points: tuple[tuple[int, int], ...]
    digits: int


@cache
def places(srid: int, locale: str) -> Places:
    """Return where geometries of a spatial reference system lie.

    Args:
        srid: Its number; one that is not known is that of small coordinates.
        locale: Whose cities; of a locale without any, those of ``en_US``.
    """
    cities = _CITIES.get(locale, _CITIES["en_US"])
    if srid in _GEOGRAPHIC:
        return Places(tuple((x * 10_000, y * 10_000) for x, y in cities), _DEGREES)
    if srid in _WEB_MERCATOR:
        return Places(tuple(_mercator(x, y) for x, y in cities), _METRES)
    if any(first <= srid <= last for first, last in _NORTH):
        return _kilometres(((400, 5000), (500, 4500), (600, 5500)))
    if any(first <= srid <= last for first, last in _SOUTH):
        return _kilometres(((400, 6500), (500, 7000), (600, 7500)))
    if srid in _GRIDS:
        return _kilometres(_GRIDS[srid])
    return Places(tuple((x * 10**6, y * 10**6) for x in range(10, 80, 20) for y in range(10, 80, 20)), _DEGREES)


def _mercator(x: int, y: int) -> tuple[int, int]:
    """Whole kilometres, so that no machine's logarithm shows."""
    east = _EARTH * radians(x / 100)
    north = _EARTH * log(tan(pi / 4 + radians(y / 100) / 2))
    return round(east / 1000) * 10_000, round(north / 1000) * 10_000


def _kilometres(points: tuple[tuple[int, int], ...]) -> Places:
    return Places(tuple((x * 10_000, y * 10_000) for x, y in points), _METRES)
