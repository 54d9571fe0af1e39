"""What happened, for whoever was not there: one page that can be sent, with what a role may know and no more."""
