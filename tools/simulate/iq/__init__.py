"""IQ of transmitters, each as its standard or its published firmware makes it, and the receiver that hears it."""
