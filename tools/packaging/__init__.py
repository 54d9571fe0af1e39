"""The Debian package: pins for one machine, the tree that is installed, its bill of materials, and the scripts that keep two versions."""
