"""Radio links: IQ to bursts, bursts to the kind of link."""
