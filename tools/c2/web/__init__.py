"""The reference C2's web page: the picture pushed to browsers, behind a token."""
