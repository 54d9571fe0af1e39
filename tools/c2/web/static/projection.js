// Web Mercator: places on a world square of side 1, and that square on the map's pixels.
const EQUATOR_M = 40_075_016.686;
const MOST_LATITUDE_DEG = 85.05;

export function world(latitudeDeg, longitudeDeg) {
  const latitude = (Math.max(-MOST_LATITUDE_DEG, Math.min(MOST_LATITUDE_DEG, latitudeDeg)) * Math.PI) / 180;
  return { x: longitudeDeg / 360 + 0.5, y: 0.5 - Math.asinh(Math.tan(latitude)) / (2 * Math.PI) };
}

export function degrees({ x, y }) {
  return { latitudeDeg: (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI, longitudeDeg: (x - 0.5) * 360 };
}

// Metres between two places, and the azimuth from the first; for labels, not for fixes.
export function between(latitude1, longitude1, latitude2, longitude2) {
  const east = (((longitude2 - longitude1 + 540) % 360) - 180) * Math.cos(((latitude1 + latitude2) * Math.PI) / 360);
  const north = latitude2 - latitude1;
  return { metres: (Math.hypot(east, north) * EQUATOR_M) / 360, azimuthDeg: ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360 };
}

// What the map shows at this moment.
export class View {
  constructor(map) {
    const { lat, lng } = map.getCenter();
    const size = map.getSize();
    this.width = size.x;
    this.height = size.y;
    this.scale = 256 * 2 ** map.getZoom();
    this.centre = world(lat, lng);
  }

  // The nearer way round the world.
  x({ x }) {
    const across = x - this.centre.x;
    return this.width / 2 + (across - Math.round(across)) * this.scale;
  }

  y({ y }) {
    return this.height / 2 + (y - this.centre.y) * this.scale;
  }

  pixels(metres, at) {
    return (metres * this.scale * Math.cosh((0.5 - at.y) * 2 * Math.PI)) / EQUATOR_M;
  }

  holds(x, y, margin) {
    return x > -margin && y > -margin && x < this.width + margin && y < this.height + margin;
  }
}
