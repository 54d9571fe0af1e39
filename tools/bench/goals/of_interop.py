"""Goals of what is told in the formats of others."""

from __future__ import annotations

from tools.bench.goal import Goal

GOALS = {
    "interop.corpus_accepted": Goal(at_least=100),
    "interop.corpus_refused": Goal(at_least=97),
    "interop.gateway_cpu": Goal(at_most=0.25),
    "interop.gateway_pss_mib": Goal(at_most=60),
    "interop.encode_us": Goal(),
    "interop.bytes_sapient": Goal(),
    "interop.bytes_cot": Goal(),
    "interop.bytes_cot_protobuf": Goal(),
    "interop.bytes_asterix": Goal(),
    "interop.bytes_wardragon": Goal(),
    "interop.apex_messages": Goal(at_least=1, of="ratio"),
    "interop.apex_faults": Goal(at_most=0),
    "interop.apex_goodbyes": Goal(at_least=1, at_most=1),
}
