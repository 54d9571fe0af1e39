"""How much power there is where, and how much there always is."""
