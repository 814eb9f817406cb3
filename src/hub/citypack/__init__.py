"""A city as data: places, units, categories, catalogue, clocks, sensors."""
