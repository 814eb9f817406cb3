"""GCJ-02, the shifted coordinates of Chinese maps, to WGS-84 and back; degrees. Holds within China only.

The shift was never published; these are the constants that everybody uses, first made known by the project
googollee/eviltransform on GitHub (MIT).
"""

from math import cos, pi, radians, sin, sqrt

_AXIS_M = 6_378_245.0
_ECCENTRICITY2 = 0.006_693_421_622_965_943_23
_CLOSE_ENOUGH_DEG = 1e-9
_ROUNDS = 30


def to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """The GCJ-02 longitude and latitude of a WGS-84 point."""
    east, north = _shift_m(lon - 105.0, lat - 35.0)
    slope = 1 - _ECCENTRICITY2 * sin(radians(lat)) ** 2
    meridian = _AXIS_M * (1 - _ECCENTRICITY2) / (slope * sqrt(slope))
    parallel = _AXIS_M / sqrt(slope) * cos(radians(lat))
    return lon + east / radians(1) / parallel, lat + north / radians(1) / meridian


def to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """The WGS-84 longitude and latitude of a GCJ-02 point, to 1e-9 degrees, by iteration."""
    guess_lon, guess_lat = lon, lat
    for _ in range(_ROUNDS):
        shifted_lon, shifted_lat = to_gcj02(guess_lon, guess_lat)
        off_lon, off_lat = shifted_lon - lon, shifted_lat - lat
        guess_lon, guess_lat = guess_lon - off_lon, guess_lat - off_lat
        if abs(off_lon) < _CLOSE_ENOUGH_DEG and abs(off_lat) < _CLOSE_ENOUGH_DEG:
            break
    return guess_lon, guess_lat


def _shift_m(x: float, y: float) -> tuple[float, float]:
    """The shift to the east and to the north in metres, of a point in degrees from 105 E, 35 N."""
    both = 20 * sin(6 * pi * x) + 20 * sin(2 * pi * x)
    east = both + 20 * sin(pi * x) + 40 * sin(pi * x / 3) + 150 * sin(pi * x / 12) + 300 * sin(pi * x / 30)
    north = both + 20 * sin(pi * y) + 40 * sin(pi * y / 3) + 160 * sin(pi * y / 12) + 320 * sin(pi * y / 30)
    root = sqrt(abs(x))
    return (
        300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + east * 2 / 3,
        -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + north * 2 / 3,
    )
