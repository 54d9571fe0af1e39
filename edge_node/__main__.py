"""`python -m edge_node` is `edge-node`."""

from edge_node.cli import main

raise SystemExit(main())
