"""What is measured of objects, by whichever sensor: which measurement is of which object, and where that makes it be."""
