"""Bills of material of whole kits, read from hw/kits and reckoned: power, hours, weight, price, USB."""
