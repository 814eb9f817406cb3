"""The Grafana boards of 一网统管 as data; `build` makes the JSON that Grafana provisions from it."""

from deploy.grafana.boards.city import CITY
from deploy.grafana.boards.district import DISTRICT
from deploy.grafana.boards.engine import ENGINE
from deploy.grafana.boards.feeds import FEEDS
from deploy.grafana.boards.unit import UNIT

BOARDS = (CITY, DISTRICT, UNIT, FEEDS, ENGINE)
