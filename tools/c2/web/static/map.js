// The map: Leaflet with its base map, a graticule, and one canvas above it that follows every move.
import { graticule } from "./graticule.js";
import { View, degrees } from "./projection.js";
import { remember, remembered } from "./settings.js";

const { L, pmtiles } = window;
const NOWHERE = { latitudeDeg: 54, longitudeDeg: 15, zoom: 4 };
const CLOSEST = 19;

export class ChartMap {
  constructor(element, paint, tapped) {
    const { latitudeDeg, longitudeDeg, zoom } = remembered("view") ?? NOWHERE;
    this.map = L.map(element, { preferCanvas: true, zoomAnimation: false, maxZoom: CLOSEST, zoomSnap: 0.5 });
    this.map.attributionControl.setPrefix(false);
    this.map.setView([latitudeDeg, longitudeDeg], zoom);
    L.control.scale({ imperial: false, maxWidth: 140 }).addTo(this.map);
    this.canvas = element.appendChild(document.createElement("canvas"));
    this.canvas.className = "marks";
    this.paint = paint;
    this.resize();
    this.map.on("resize", () => this.resize());
    this.map.on("move zoom viewreset", () => this.draw());
    this.map.on("moveend", () => this.keep());
    this.map.on("click", ({ containerPoint }) => tapped(containerPoint.x, containerPoint.y));
    new ResizeObserver(() => this.map.invalidateSize({ pan: false })).observe(element);
  }

  async addBaseMap(url) {
    const source = new pmtiles.PMTiles(url);
    const { minZoom, maxZoom } = await source.getHeader();
    pmtiles.leafletRasterLayer(source, { minNativeZoom: minZoom, maxNativeZoom: maxZoom, maxZoom: CLOSEST }).addTo(this.map);
  }

  resize() {
    const ratio = window.devicePixelRatio || 1;
    const { x, y } = this.map.getSize();
    Object.assign(this.canvas, { width: x * ratio, height: y * ratio });
    Object.assign(this.canvas.style, { width: `${x}px`, height: `${y}px` });
    this.ratio = ratio;
    this.draw();
  }

  // One frame, soon, however often it is asked for.
  request() {
    this.frame ??= requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = null;
    const context = this.canvas.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    const view = new View(this.map);
    context.clearRect(0, 0, view.width, view.height);
    graticule(context, view);
    this.paint(context, view);
  }

  centre(at) {
    const { latitudeDeg, longitudeDeg } = degrees(at);
    this.map.setView([latitudeDeg, longitudeDeg], Math.max(this.map.getZoom(), 14), { animate: false });
  }

  fit(places) {
    if (!places.length) return;
    const corners = places.map(degrees).map(({ latitudeDeg, longitudeDeg }) => [latitudeDeg, longitudeDeg]);
    this.map.fitBounds(corners, { paddingTopLeft: [50, 70], paddingBottomRight: [50, 40], maxZoom: 16, animate: false });
  }

  keep() {
    const { lat, lng } = this.map.getCenter();
    remember("view", { latitudeDeg: lat, longitudeDeg: lng, zoom: this.map.getZoom() });
  }
}
