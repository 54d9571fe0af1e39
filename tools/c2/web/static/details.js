// All that is known of what was chosen.
import { $, fill, make, setBadges, setHidden, setText } from "./dom.js";
import { trackBadges } from "./lists.js";
import { between } from "./projection.js";
import * as words from "./words.js";

export class Details {
  constructor(state, chosen, centre) {
    Object.assign(this, { state, chosen });
    this.title = make("h3", "");
    this.badges = make("div", "badges");
    this.facts = make("dl", "facts");
    const go = make("button", "", "Centre");
    const close = make("button", "", "Close");
    go.addEventListener("click", centre);
    close.addEventListener("click", () => chosen.clear());
    $("details").append(make("div", "head", this.title, make("div", "", go, " ", close)), this.badges, this.facts);
  }

  refresh() {
    const told = this.told();
    setHidden($("details"), !told);
    if (!told) return;
    const [title, badges, facts] = told;
    setText(this.title, title);
    setBadges(this.badges, badges);
    const known = facts.filter(([, text]) => text);
    fill(this.facts, known.flat(), () => make(this.facts.children.length % 2 ? "dd" : "dt", ""), setText);
  }

  told() {
    const { kind, key } = this.chosen;
    const track = kind === "track" ? this.state.tracks.get(key) : null;
    const crossing = kind === "crossing" ? this.state.crossings.get(key) : null;
    const node = kind === "node" ? this.state.nodes.get(key) : null;
    if (track?.ids) return [words.name(track, this.state.nodes.get(track.node)), trackBadges(track), this.ofTrack(track)];
    const object = kind === "object" ? this.state.objects.get(key) : null;
    if (object) return [words.objectName(object), [], this.ofObject(object)];
    if (crossing) return [`${crossing.tracks.length} bearings cross`, [], this.ofCrossing(crossing)];
    return node ? [node.name ?? node.key, [], this.ofNode(node)] : null;
  }

  ofTrack(track) {
    const node = this.state.nodes.get(track.node);
    return [
      ...track.ids.map(([type, value]) => [words.spaced(type), value]),
      ["Transmitter", track.transmitter],
      ["Aircraft", words.joined([words.spaced(track.ua_type), words.spaced(track.status)], ", ")],
      ["Taken for", words.joined([words.takenFor(track), words.there(track)])],
      ["Does", words.behaviour(track)],
      ["Because", words.reasons(track)],
      ["Claim", words.claim(track)],
      ["Sounds like", words.joined([words.sound(track), words.loudness(track)])],
      ["Looks like", words.joined([words.sight(track), words.look(track)])],
      ["Reported", words.joined([words.target(track), words.targetNames(track)])],
      ["Sends", words.joined([words.link(track), words.transmission(track)])],
      ["Received", words.reception(track)],
      ["Known", words.joined([words.cooperation(track)?.[0], track.reason], ": ")],
      ["Doubts", words.joined(track.flags.map(words.spaced), ", ")],
      ["Place", track.at && words.joined([words.place(track), accuracy(track)])],
      ["From the node", track.at && this.fromNode(track, node)],
      ["Bearing", track.azimuth_deg === null && track.front_deg === null ? "" : words.bearing(track)],
      ["Height", track.height_m === null ? "" : `${track.height_m.toFixed(0)} m above ${track.height_reference === "ground" ? "ground" : "take-off"}`],
      ["Altitude", track.altitude_m === null ? "" : `${track.altitude_m.toFixed(0)} m WGS-84${plusMinus(track.sigma_altitude_m)}`],
      ["Moves", words.joined([words.motion({ ...track, height_m: null, altitude_m: null }), climb(track)])],
      ["Operator", words.joined([track.operator_id, words.operatorPlace(track)])],
      ["Operator is", track.operator && this.operatorPlace(track)],
      ["Heard by", words.joined([node?.name ?? track.node, track.sensors.join(", "), track.transports.map(words.spaced).join(", ")])],
      ["Signal", words.number(track.rssi_dbm, 0, "dBm")],
      ["Track", words.joined([`no. ${track.number}`, words.state(track), `heard ${words.age(this.state.now() - track.held_ms + track.unheard_s * 1000)} ago`])],
      ["With others", this.crossesWith(track)],
    ];
  }

  fromNode(track, node) {
    if (!node?.at) return "";
    const { metres, azimuthDeg } = between(node.latitude_deg, node.longitude_deg, track.latitude_deg, track.longitude_deg);
    return `${words.metres(metres)} towards ${words.azimuth(azimuthDeg)}`;
  }

  operatorPlace(track) {
    const where = { latitude_deg: track.operator_latitude_deg, longitude_deg: track.operator_longitude_deg };
    if (!track.at) return words.place(where);
    const { metres, azimuthDeg } = between(track.latitude_deg, track.longitude_deg, where.latitude_deg, where.longitude_deg);
    return `${words.place(where)}, ${words.metres(metres)} towards ${words.azimuth(azimuthDeg)} of the aircraft`;
  }

  crossesWith(track) {
    const one = [...this.state.objects.values(), ...this.state.crossings.values()].find((other) => other.tracks.includes(track.key));
    const followed = one?.corrected_ms === undefined ? "" : words.objectName(one);
    return one ? words.joined([followed, words.place(one), accuracy(one)]) : "";
  }

  ofCrossing(crossing) {
    const of = crossing.tracks.map((key) => this.state.tracks.get(key)).filter((track) => track?.ids);
    const fit = crossing.freedom ? `chi-square ${crossing.chi_square} of ${crossing.freedom} degrees of freedom` : "two bearings always meet: nothing to check it by";
    return [
      ["Place", words.joined([words.place(crossing), accuracy(crossing)])],
      ["Altitude", crossing.altitude_m === null ? "" : `${crossing.altitude_m.toFixed(0)} m WGS-84${plusMinus(crossing.sigma_altitude_m)}`],
      ["Bearings", of.map((track) => `${this.state.nodes.get(track.node)?.name ?? track.node}: ${words.bearing(track)}`).join("; ")],
      ["Agreement", fit],
      ["Ghost", crossing.ambiguous ? "These bearings could also belong to other crossings; a third node would tell." : ""],
    ];
  }

  ofObject(object) {
    const of = object.tracks.map((key) => this.state.tracks.get(key)).filter((track) => track?.ids);
    const speed = `${object.speed_mps.toFixed(1)} m/s ±${(2 * object.sigma_speed_mps).toFixed(1)}`;
    return [
      ["Place", words.joined([words.place(object), accuracy(object)])],
      ["Altitude", object.altitude_m === null ? "" : `${object.altitude_m.toFixed(0)} m WGS-84${plusMinus(object.sigma_altitude_m)}`],
      ["Moves", words.joined([speed, object.speed_mps < 0.5 ? "" : words.azimuth(object.course_deg), climb(object)])],
      ["Tracks", of.map((track) => `${this.state.nodes.get(track.node)?.name ?? track.node} no. ${track.number}: ${track.at ? words.name(track) : words.bearing(track)}`).join("; ")],
      ["Corrected", `${words.age(this.state.now() - object.corrected_ms)} ago`],
      ["Ghost", object.ambiguous ? "Its bearings could also belong to other objects; its way, or a third node, will tell." : ""],
    ];
  }

  ofNode(node) {
    const [, standing] = words.standing(node, this.state.now());
    return [
      ["Health", words.health(node)],
      ["Link", standing],
      ["Clock", words.clock(node)],
      ["Missing", node.heard_ms === null ? "" : `${node.missing} messages`],
      ["Backlog", node.backlog > 0 ? `${node.backlog} rows still to be delivered` : ""],
      ["Place", node.at && words.joined([words.place(node), plusMinus(node.sigma_m).trim(), node.place_source])],
      ...node.findings.map(([about, wrong]) => [`Wrong: ${about}`, wrong]),
      ...node.covers.map(([name, covers]) => [`${name} covers`, covers]),
      ...node.sensors.map(([name, state, sentence]) => [name, words.joined([state, sentence], ": ")]),
      ["Version", node.version],
      ["Key", node.key],
    ];
  }
}

const plusMinus = (sigma) => (sigma === null ? "" : ` ±${words.metres(2 * sigma)}`);
const accuracy = (one) => (one.sigma_major_m === null ? "" : `±${words.metres(2 * one.sigma_major_m)}`);
const climb = (track) => (track.climb_mps && Math.abs(track.climb_mps) >= 0.5 ? `${track.climb_mps > 0 ? "climbs" : "sinks"} ${Math.abs(track.climb_mps).toFixed(1)} m/s` : "");
