// node decode.mjs HEX: one batch of the live plane, without libraries. Arrays may end early (then nil) or be longer (then newer).
const number = (b, n) => bytes(b, n).reduce((sum, byte) => sum * 256 + byte, 0);
const signed = (b, n) => { const v = number(b, n); return v < 2 ** (8 * n - 1) ? v : v - 2 ** (8 * n); };
const bytes = (b, n) => b.data.subarray(b.at, (b.at += n));
const text = (b, n) => new TextDecoder().decode(bytes(b, n));
const array = (b, n) => Array.from({ length: n }, () => read(b));
const si = (steps, perUnit) => (steps == null ? null : steps / perUnit);
const read = (b) => {
  const c = number(b, 1);
  if (c < 0x80 || c >= 0xe0) return c < 0x80 ? c : c - 256;
  if (c >= 0x90 && c < 0xc0) return c < 0xa0 ? array(b, c & 15) : text(b, c & 31);
  if (c >= 0xcc && c <= 0xd3) return c < 0xd0 ? number(b, 1 << (c - 0xcc)) : signed(b, 1 << (c - 0xd0));
  const kinds = { 0xc0: () => null, 0xc4: () => bytes(b, number(b, 1)), 0xd9: () => text(b, number(b, 1)), 0xdc: () => array(b, number(b, 2)) };
  return kinds[c](); };
const [major, , , , sent, , , , tracks] = read({ data: Buffer.from(process.argv[2], "hex"), at: 0 }); if (major !== 1) throw new Error(`wire version ${major}`);
for (const [number, state, age, , , rssi, , , identity, place, bearing, suspicion, , sound, sight, emission] of tracks)
  console.log(JSON.stringify({ number, state: ["", "tentative", "confirmed", "lost"][state & 3], t_utc_ms: sent - age * 10, id: identity?.[1],
    cooperation: ["", "authorised", "unknown", "in_restricted_zone", "non_cooperative"][(state >> 2) & 7], suspicion_percent: suspicion ?? null,
    latitude_deg: si(place?.[0], 1e7), longitude_deg: si(place?.[1], 1e7), altitude_m: si(place?.[2], 10), azimuth_deg: si(bearing?.[0], 100), rssi_dbm: si(rssi, -1),
    drone_percent: (sight ?? sound)?.[1] ?? null, link_mhz: si(emission?.[2], 1000) }));
